"""How unit staff register documents, step by step on a phone, and what they cannot do."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from publications.models import ChecklistItem, ChecklistLink, ConsequenceTest, Document
from tests.builders import NOON, make_document, make_document_file, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db

ADD = "/admin/publications/document/add/"
LIST = "/admin/publications/document/"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def city():
    class City:
        pabean = make_unit("pabean", "kelurahan", name="Pabean")
        gerem = make_unit("gerem", "kelurahan", name="Gerem")

    City.operator = signed_in(make_operator(City.pabean))
    City.ppid_utama = signed_in(make_ppid_utama(make_unit("diskominfo")))
    City.item = ChecklistItem.objects.create(
        code="profil", categories=["kelurahan"], info_class="periodic", title="Profil", legal_basis="Pasal 9 ayat (2)",
        renewal_months=3,
    )  # fmt: skip
    return City


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, "opd.permissions.MembershipBackend")
    return client


def upload(content: bytes = PDF, name: str = "x.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


def content_form(**fields) -> dict:
    return {
        "title": "Profil kelurahan", "summary": "Struktur dan tugas.", "info_class": "periodic", "checklist_item": "",
        "year": "2026", "link": "", "_save": "1", **fields,
    }  # fmt: skip


def details_form(**fields) -> dict:
    return {
        "producer": "Sekretariat kelurahan", "made_on": "2026-01-05", "made_at_place": "Cilegon", "form": "electronic",
        "retention": "5 tahun", "_save": "1", **fields,
    }  # fmt: skip


def change(document, part="isi") -> str:
    return f"/admin/publications/document/{document.pk}/change/?bagian={part}"


def test_a_document_is_registered_in_two_steps_and_published(client, city):
    response = city.operator.post(ADD, content_form(checklist_item=city.item.pk, file=upload()))
    document = Document.objects.get()
    assert response["Location"].endswith(f"/{document.pk}/change/?bagian=rincian")
    assert (document.unit, document.status, document.renewal_months) == (city.pabean, "draft", 3)
    assert document.files.get().kind == "pdf"
    response = city.operator.post(change(document, "rincian"), details_form(_publish="1"), follow=True)
    assert "sudah terbit" in response.content.decode()
    document.refresh_from_db()
    assert (document.status, document.created_by.username) == ("published", "operator-pabean")
    assert document.renewed_on is not None
    assert client.get(document.get_absolute_url()).status_code == 200
    assert client.get(f"/informasi/{document.pk}/berkas/1/").status_code == 200


def test_what_is_missing_is_named_and_nothing_is_published(city):
    response = city.operator.post(ADD, content_form(_publish="1"), follow=True)
    assert "pembuat informasi; jangka waktu penyimpanan" in response.content.decode()
    assert Document.objects.get().status == "draft"


def test_every_part_has_at_most_eight_fields(city):
    exempt = make_document(city.pabean, None, info_class="exempt")
    urgent = make_document(city.pabean, None, info_class="immediate")
    for person in (city.operator, city.ppid_utama):
        pages = [ADD, *(change(exempt, part) for part in ("isi", "rincian", "uji"))]
        pages += [change(urgent, part) for part in ("isi", "rincian", "berkas")]
        for page in pages:
            response = person.get(page)
            form = response.context["adminform"].form
            inlines = response.context["inline_admin_formsets"]
            shown = len(form.visible_fields()) + sum(len(set(i.forms[0].fields) - {"id", "document"}) for i in inlines)
            assert 1 <= shown <= 8, (page, shown)


def test_a_new_version_is_added_and_the_old_one_stays(client, city):
    document = make_document(city.pabean, info_class="periodic", renewed_on=date(2023, 1, 10))
    make_document_file(document)
    response = city.operator.post(change(document, "berkas"), {"file": upload(), "note": "final", "_save": "1"})
    assert response.status_code == 302
    assert list(document.files.values_list("version", "kind", "note")) == [(2, "pdf", "final"), (1, "csv", "")]
    document.refresh_from_db()
    assert document.renewed_on > date(2026, 1, 1)
    for version in (1, 2):
        assert client.get(f"/informasi/{document.pk}/berkas/{version}/").status_code == 200


def test_a_file_that_is_not_what_it_says_is_refused_at_the_field(city, settings):
    response = city.operator.post(ADD, content_form(file=upload(b"MZ\x90\x00 program", "laporan.pdf")))
    assert "bukan PDF" in str(response.context["adminform"].form.errors["file"])
    settings.DOCUMENT_MAX_BYTES = 30
    response = city.operator.post(ADD, content_form(file=upload()))
    assert "paling besar" in str(response.context["adminform"].form.errors["file"])
    assert not Document.objects.exists()


def test_a_file_whose_document_could_not_be_saved_does_not_stay(city, settings, monkeypatch):
    monkeypatch.setattr("publications.documents.services.DocumentFile.save", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        city.operator.post(ADD, content_form(file=upload()))
    assert not Document.objects.exists()
    assert [path for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()] == []


def test_what_is_written_of_an_exempt_document_goes_to_its_test_and_only_ppid_utama_publishes_it(client, city):
    city.operator.post(ADD, content_form(info_class="exempt", summary="Rincian rahasia", link="https://a.id/rahasia"))
    document = Document.objects.get()
    assert (document.summary, document.link) == ("", "")
    assert document.consequence_test.explanation == "Rincian rahasia\nhttps://a.id/rahasia"
    city.operator.post(change(document, "rincian"), details_form())
    test = document.consequence_test
    fields = {
        "legal_basis": "h", "exempt_until": "", "consequence_test-TOTAL_FORMS": "1",
        "consequence_test-INITIAL_FORMS": "1", "consequence_test-0-id": test.pk,
        "consequence_test-0-document": document.pk, "consequence_test-0-explanation": test.explanation,
        "consequence_test-0-if_opened": "Data warga tersebar", "consequence_test-0-if_closed": "Warga terlindungi",
        "consequence_test-0-decided_by": "PPID Utama", "consequence_test-0-decided_on": "2026-02-02",
    }  # fmt: skip
    response = city.operator.post(change(document, "uji"), {**fields, "_publish": "1"}, follow=True)
    assert "hanya ditetapkan dan diterbitkan oleh PPID Utama" in response.content.decode()
    # Grounds a-f need a period.
    response = city.ppid_utama.post(
        change(document, "uji"), {**fields, "legal_basis": "a", "_publish": "1"}, follow=True
    )
    assert "tidak permanen" in response.content.decode()
    response = city.ppid_utama.post(change(document, "uji"), {**fields, "_publish": "1"}, follow=True)
    assert "persetujuan uji konsekuensi oleh orang kedua" in response.content.decode()
    assert "Setujui uji konsekuensi" not in city.operator.get(change(document, "uji")).content.decode()
    assert "Setujui uji konsekuensi" in city.ppid_utama.get(change(document, "uji")).content.decode()
    city.ppid_utama.post(LIST, {"action": "approve_selected", "_selected_action": document.pk, "index": "0"})
    city.ppid_utama.post(change(document, "uji"), {**fields, "_publish": "1"})
    document.refresh_from_db()
    assert document.status == "published"
    body = client.get(document.get_absolute_url()).content.decode()
    assert "rahasia pribadi" in body
    assert "PPID Utama, 2 Februari 2026" in body
    assert "Ditetapkan oleh PPID Utama pada 2 Februari 2026" in client.get("/informasi/?kelas=exempt").content.decode()
    assert not any(word in body for word in ("Rincian rahasia", "tersebar", "terlindungi"))
    # From now on nobody changes what was approved, and the unit looks.
    city.ppid_utama.post(change(document, "uji"), {**fields, "consequence_test-0-if_opened": "Lain", "_save": "1"})
    assert document.consequence_test.if_opened == "Data warga tersebar"
    assert city.operator.post(change(document, "uji"), fields).status_code == 404
    assert "Rincian rahasia" in city.operator.get(change(document, "uji")).content.decode()
    assert ConsequenceTest.objects.count() == 1


def test_an_exempt_document_takes_no_file(city):
    response = city.operator.post(ADD, content_form(info_class="exempt", file=upload()))
    assert "tidak menerima berkas" in str(response.context["adminform"].form.errors["file"])


def test_a_published_document_is_not_made_exempt_in_place(city):
    document = make_document(city.pabean, title="Terbuka")
    for person in (city.operator, city.ppid_utama):
        response = person.post(change(document), content_form(info_class="exempt"))
        assert "Tarik dengan alasan" in str(response.context["adminform"].form.errors["info_class"])
    document.refresh_from_db()
    assert document.info_class == "on_demand"


def test_an_exemption_that_ended_is_opened_by_ppid_utama_with_a_summary(city):
    document = make_document(city.pabean, info_class="exempt")
    response = city.ppid_utama.post(change(document), content_form(info_class="on_demand", summary=""))
    assert response.context["adminform"].form.errors["summary"]
    city.ppid_utama.post(change(document), content_form(info_class="on_demand"))
    document.refresh_from_db()
    assert (document.info_class, document.legal_basis, document.exempt_until) == ("on_demand", "", None)


def test_withdrawing_asks_the_reason_and_closes_the_file(client, city):
    document = make_document(city.pabean)
    make_document_file(document)
    fields = {"action": "withdraw_selected", "_selected_action": document.pk, "index": "0"}
    assert b"Alasan" in city.operator.post("/admin/publications/document/", fields).content
    city.operator.post("/admin/publications/document/", {**fields, "apply": "1", "reason": "Salah unggah"})
    assert client.get(f"/informasi/{document.pk}/berkas/1/").status_code == 404
    assert client.get(document.get_absolute_url()).status_code == 410
    assert city.operator.get(f"/informasi/{document.pk}/berkas/1/").status_code == 200
    assert city.operator.post(change(document), content_form()).status_code == 404


@pytest.mark.parametrize("action", ["publish_selected", "renew_selected", "withdraw_selected", "delete_selected"])
def test_no_action_reaches_another_units_document(city, action):
    document = make_document(city.gerem, None if action == "publish_selected" else NOON, info_class="periodic")
    before = Document.objects.values().get(pk=document.pk)
    fields = {"action": action, "_selected_action": document.pk, "index": "0", "apply": "1", "reason": "coba"}
    city.operator.post("/admin/publications/document/", {**fields, "select_across": "1"})
    assert Document.objects.values().get(pk=document.pk) == before


def test_unit_state_and_sample_flag_cannot_be_posted(city):
    evil = {"unit": city.gerem.pk, "status": "published", "published_at": "2020-01-01", "is_sample": "on"}
    city.operator.post(ADD, content_form(**evil))
    document = Document.objects.get()
    assert (document.unit, document.status, document.published_at, document.is_sample) == (
        city.pabean, "draft", None, False,
    )  # fmt: skip


def test_items_of_other_categories_are_not_offered(city):
    other = ChecklistItem.objects.create(
        code="bumd", categories=["bumd"], info_class="periodic", title="Laporan BUMD", legal_basis="Pasal 14"
    )
    assert "Laporan BUMD" not in city.operator.get(ADD).content.decode()
    assert city.operator.post(ADD, content_form(checklist_item=other.pk)).status_code == 200
    response = city.ppid_utama.post(ADD, content_form(unit=city.pabean.pk, checklist_item=other.pk))
    assert "tidak diwajibkan" in str(response.context["adminform"].form.errors["checklist_item"])


def test_a_page_elsewhere_fulfils_an_item_once(city):
    address = "/admin/publications/checklistlink/add/"
    fields = {"item": city.item.pk, "url": "https://kel-pabean.id/profil", "dated_on": "2026-01-05"}
    assert city.operator.post(address, fields).status_code == 302
    assert ChecklistLink.objects.get().unit == city.pabean
    response = city.operator.post(address, fields)
    assert "sudah punya tautan" in response.content.decode()
    response = city.operator.post(address, {**fields, "dated_on": "2999-01-01"})
    assert "masa depan" in response.content.decode()


def test_a_changed_period_reaches_the_documents_of_the_item(city):
    document = make_document(city.pabean, info_class="periodic", checklist_item=city.item, renewal_months=3)
    fields = {
        "title": "Profil", "categories": ["kelurahan"], "info_class": "periodic", "legal_basis": "Pasal 9",
        "renewal_months": "2", "order": "1", "active_from": "", "active_until": "",
    }  # fmt: skip
    response = city.ppid_utama.post(f"/admin/publications/checklistitem/{city.item.pk}/change/", fields)
    assert response.status_code == 302
    document.refresh_from_db()
    assert document.renew_by == date(2023, 3, 10)


def test_picture_metadata_does_not_get_out(client, city):
    from PIL import Image

    from tests.publications.pictures import with_gps

    city.operator.post(ADD, content_form(file=upload(with_gps(), "bukti.pdf")))
    file = Document.objects.get().files.get()
    kept = file.file.read()
    assert file.kind == "jpg"
    assert b"Canary" not in kept
    assert not Image.open(BytesIO(kept)).getexif()
