"""The letters as files: archival, accessible, and with everything that an official letter carries."""

import io

import pypdf
import pypdfium2
import pytest

from correspondence.services import letter_pdf
from tests.builders import make_unit
from tests.people import make_person

from .worlds import issue

pytestmark = pytest.mark.django_db
HONOURED = {"honoured": "Kelurahan Pabean", "paragraphs": ["sebagai unit paling aktif ke-1 pada Januari 2023."]}


def certificate(**fields):
    return issue(kind="certificate", template="letters/certificate.typ", **{"data": HONOURED, **fields})


def reader(letter) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(letter_pdf(letter)))


def words(letter) -> str:
    return " ".join("\n".join(page.extract_text() for page in reader(letter).pages).split())


@pytest.mark.parametrize("make", [issue, certificate])
def test_file_is_pdf_a_2a_and_ua_1_with_title_language_and_structure(make):
    letter = make()
    pdf = reader(letter)
    root = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert pdf.metadata.title == f"{letter.kind.name} {letter.number}: {letter.subject}"
    assert pdf.metadata.author == "Diskominfo Kota Cilegon"
    assert root["/Lang"].startswith("id")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/OutputIntents"]


def kinds_of_structure(node, found: set) -> set:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for inner in node:
            kinds_of_structure(inner, found)
    elif isinstance(node, dict):
        if "/S" in node:
            found.add((node["/S"], node.get("/Alt")))
        kinds_of_structure(node.get("/K", []), found)
    return found


def test_qr_code_has_words_and_lists_are_lists(settings):
    letter = issue()
    found = kinds_of_structure(reader(letter).trailer["/Root"]["/StructTreeRoot"], set())
    address = f"{settings.SITE_URL}/surat/{letter.printed_code}/"
    assert ("/Figure", f"Kode QR ke alamat pemeriksaan surat ini: {address}") in found
    assert {"/P", "/L", "/LI", "/Link"} <= {kind for kind, _ in found}


def test_letter_carries_what_an_official_letter_carries(settings):
    unit = make_unit("diskominfo", name="Dinas Komunikasi", address="Jalan Contoh 1", email="dinas@contoh.invalid")
    actor = make_person("ppid", unit, "ppid_utama", first_name="Nama", last_name="Contoh")
    letter = issue(
        actor, data={"paragraphs": ["Isi."], "nature": "Penting", "attachments": "1 berkas", "copies": ["Sekda"]}
    )
    text = words(letter)
    for part in (
        "PEMERINTAH KOTA CILEGON",
        "DINAS KOMUNIKASI",
        "Jalan Contoh 1 · dinas@contoh.invalid",
        "Cilegon, 15 Februari 2023",
        "Nomor : 488/001/PPID/2023",
        "Sifat : Penting",
        "Lampiran : 1 berkas",
        "Hal : Pengingat Januari 2023",
        "Yth. Lurah Uji",
        "PPID Utama Kota Cilegon, Nama Contoh",
        "Tembusan: 1. Sekda",
        "diterbitkan secara elektronik",
        f"{settings.SITE_URL}/surat/{letter.printed_code}/",
        f"Kode pemeriksaan: {letter.printed_code}",
        "Halaman 1 dari 1",
    ):
        assert part in text, (part, text)
    assert "DATA CONTOH" not in text


def test_no_name_is_invented_for_an_account_without_one():
    assert "PPID Utama Kota Cilegon, diterbitkan secara elektronik" in words(issue())


@pytest.mark.parametrize("make", [issue, certificate])
def test_sample_letter_says_so(make):
    assert "DATA CONTOH" in words(make(is_sample=True))


def test_long_letter_has_numbered_pages():
    letter = issue(data={"paragraphs": ["Kalimat yang cukup panjang untuk satu baris penuh. " * 6] * 20})
    pages = reader(letter).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"Halaman {number} dari {len(pages)}" in " ".join(page.extract_text().split())
    assert f"Kode pemeriksaan: {letter.printed_code}" in words(letter)


@pytest.mark.parametrize(
    "name",
    ["Kelurahan Pabean", "Badan Perencanaan Pembangunan, Penelitian dan Pengembangan Daerah Kota Cilegon " * 2],
)
def test_certificate_is_one_landscape_page(name):
    letter = certificate(data={**HONOURED, "honoured": name})
    (page,) = reader(letter).pages
    assert page.mediabox.width > page.mediabox.height
    text = words(letter)
    for part in ("PIAGAM PENGHARGAAN", " ".join(name.split()), "488/001/PIAGAM-PPID/2023", "PPID Utama"):
        assert part in text


def test_words_of_strangers_are_printed_as_they_are():
    evil = '#panic("x") $a$ *b* _c_ = d @e <f> \\ // "'
    letter = issue(subject=f"Hal {evil}", addressee=f"Sdr. {evil}\n\n🎉 漢", data={"paragraphs": [evil, [evil]]})
    text = words(letter)
    assert text.count('#panic("x") $a$ *b* _c_') == 4
    assert letter.subject == f"Hal {evil}"


@pytest.mark.parametrize("make", [issue, certificate])
def test_ink_is_on_the_page_and_off_its_edges(make):
    document = pypdfium2.PdfDocument(letter_pdf(make()))
    try:
        picture = document[0].render(scale=1).to_pil().convert("L")
    finally:
        document.close()
    width, height = picture.size
    assert 0.01 < sum(picture.histogram()[:128]) / (width * height) < 0.2
    left, top, right, bottom = picture.point(lambda value: 255 * (value < 200)).getbbox()
    assert min(left, top, width - right, height - bottom) >= 20
