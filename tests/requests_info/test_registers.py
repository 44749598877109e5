"""The registers with names: every column of the law's forms, typed, for Diskominfo alone, and who took them."""

import io
import uuid
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from requests_info import registers, services
from requests_info.models import IdentityRead, RequestEvent
from requests_info.registers import Period
from requests_info.services import ObjectionVerdict, Objector, Registered, RequestError
from requests_info.services.deciding import Verdict
from tests.builders import make_document

from .worlds import client_of, forward, letter_of, wib

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/permohonan/register/"
FORMULA = '=HYPERLINK("http://jahat.invalid";"klik")'
PAID = Verdict("granted", "Terlampir.", form_held="both", medium="Diambil", cost=15000)


def decide(city, case, verdict, on=20):
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=verdict, now=wib(2024, 3, on, 9))
    case.refresh_from_db()
    return case


def book(city, **fields):
    response = client_of(city.desk).post(ADDRESS, {"berkas": "permohonan", **fields})
    assert response.status_code == 200
    assert response["Content-Type"].endswith("spreadsheetml.sheet"), response.content.decode()[:3000]
    assert "no-store" in response["Cache-Control"]
    assert "attachment" in response["Content-Disposition"]
    return load_workbook(io.BytesIO(response.content))


def rows_of(sheet) -> list[tuple]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]


def day(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001  (a workbook's days have no zone)


def test_a_granted_request_fills_every_column(city):
    case = letter_of(city, phone="0254 123", occupation="Guru", name=FORMULA, manner="hard_copy")
    forward(case, city, city.dinkes)
    services.answer_part(
        assignment_id=case.assignments.get().pk, actor=city.operator, answer="Kami", now=wib(2024, 3, 18, 9)
    )
    decide(city, case, PAID)
    services.record_handover(
        request_id=case.pk, actor=city.desk, on=date(2024, 3, 22), payment="cash", now=wib(2024, 3, 22, 10)
    )
    sheet = book(city, tahun=2024)["Register permohonan"]
    heads = [cell.value for cell in sheet[1]]
    assert [head.split(".")[0] for head in heads] == [
        *map(str, range(1, 14)), "14a", "14b", "15a", "15b",
    ]  # fmt: skip
    (row,) = rows_of(sheet)
    assert row == (
        case.number,
        day(2024, 3, 14),
        f"'{FORMULA}",
        "Jalan Kanari 1",
        "0254 123\nkanari@contoh.id",
        "Guru",
        "Rencana kerja 2026",
        "Penelitian",
        "Dikuasai",
        "Salinan elektronik dan tercetak",
        "Salinan tercetak",
        "Dikabulkan seluruhnya",
        None,
        day(2024, 3, 20),
        day(2024, 3, 22),
        15000,
        "Tunai",
    )
    for place in (2, 14, 15):
        assert sheet.cell(2, place).is_date
    assert sheet.cell(2, 16).data_type == "n"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(
    ("verdict", "holding", "decision"),
    [
        (Verdict("not_held", "Tidak ada.", form_held="soft"), "Tidak dikuasai", "Tidak dikuasai"),
        (Verdict("not_documented", "Belum."), "Belum didokumentasikan", "Belum didokumentasikan"),
        (
            Verdict("referred", "Ke sana.", referred_to="BPS"),
            "Tidak dikuasai; dikuasai BPS",
            "Diteruskan ke badan publik lain",
        ),
    ],
)
def test_what_the_city_does_not_hold_has_no_form(city, verdict, holding, decision):
    decide(city, letter_of(city), verdict)
    (row,) = rows_of(book(city)["Register permohonan"])
    assert (row[8], row[9], row[11], row[12], row[15]) == (holding, None, decision, None, 0)


def test_a_refusal_names_its_ground_and_what_is_blackened(city):
    document = make_document(city.dinkes, info_class="exempt", legal_basis="h", title="Rekam medis")
    decide(city, letter_of(city), Verdict("refused", "Dikecualikan.", exempt=document, form_held="hard"))
    decide(city, letter_of(city), Verdict("partial", "Sebagian.", exempt=document, redaction="Nama pasien"))
    refused, partial = rows_of(book(city)["Register permohonan"])
    assert (refused[8], refused[9]) == ("Dikuasai", "Salinan tercetak (hardcopy)")
    assert refused[12].startswith("Pasal 17 huruf h")
    assert partial[12] == f"{refused[12]}\nNama pasien"


def test_open_and_withdrawn_requests_stand_there_too(city):
    letter_of(city)
    services.withdraw_request(request_id=letter_of(city).pk)
    waiting, withdrawn = rows_of(book(city)["Register permohonan"])
    assert waiting[8:] == (None, None, "Salinan elektronik", *[None] * 6)
    assert withdrawn[11] == "Dicabut pemohon"


def test_objections_fill_columns_a_to_k(city):
    case = decide(city, letter_of(city, occupation="Guru"), Verdict("not_held", "Tidak ada."))
    objection = services.submit_objection(
        request_id=case.pk, ground="d", text="Bukan itu", form_token=uuid.uuid4(), now=wib(2024, 4, 1, 9)
    )
    verdict = ObjectionVerdict("upheld", "Benar.", "Nama Sekda", "Sekretaris Daerah")
    services.decide_objection(objection_id=objection.pk, actor=city.desk, verdict=verdict, now=wib(2024, 4, 24, 9))
    services.respond_to_decision(objection_id=objection.pk, answer="not_satisfied", now=wib(2024, 4, 25, 9))
    registered = Registered("021/KI-BANTEN/2024", date(2024, 5, 2))
    services.register_dispute(objection_id=objection.pk, actor=city.desk, registered=registered, now=wib(2024, 5, 3, 9))
    services.submit_periodic_objection(
        objector=Objector("Nama Lain", "Jalan Lain 2", phone="0812"), unit=city.dinkes, text="Laporan keuangan",
        form_token=uuid.uuid4(), now=wib(2024, 5, 2, 9),
    )  # fmt: skip
    sheet = book(city, berkas="keberatan", tahun=2024)["Register keberatan"]
    assert [cell.value[0] for cell in sheet[1]] == list("abcdefghijk")
    first, second = rows_of(sheet)
    assert first == (
        objection.number,
        day(2024, 4, 1),
        "Nama Kanari\nJalan Kanari 1\nkanari@contoh.id\nGuru",
        case.number,
        "Rencana kerja 2026",
        "Penelitian",
        "Permohonan ditanggapi tidak sebagaimana yang diminta",
        "Keberatan diterima seluruhnya",
        day(2024, 4, 24),
        "Nama Sekda\nSekretaris Daerah",
        "Tidak puas dengan keputusan\nSengketa nomor 021/KI-BANTEN/2024",
    )
    assert second[2:5] == ("Nama Lain\nJalan Lain 2\n0812", None, "Laporan keuangan")
    assert second[5:] == (None, "Informasi berkala tidak disediakan", None, None, None, None)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 3),
        ({"tahun": 2024}, 2),
        ({"tahun": 2023}, 1),
        ({"dari": "2024-03-14", "sampai": "2024-03-14"}, 1),
        ({"dari": "2024-03-15"}, 1),
        ({"sampai": "2024-03-14"}, 2),
        ({"unit": "dinkes"}, 1),
        ({"unit": "pabean"}, 0),
    ],
)
def test_rows_are_chosen_by_year_day_and_unit(city, fields, count):
    letter_of(city, wib(2023, 3, 14, 9))
    case = letter_of(city)  # 14 March 2024
    letter_of(city, wib(2024, 3, 15, 0, 30))
    mine, returned = forward(case, city, city.dinkes, city.pabean)
    services.return_part(assignment_id=returned.pk, actor=city.other, reason="Bukan kami", now=wib(2024, 3, 18, 9))
    found = book(city, **fields)
    assert len(rows_of(found["Register permohonan"])) == count
    assert dict(rows_of(found["Keterangan"]))["Jumlah baris"] == count
    assert mine.unit == city.dinkes


def test_the_download_is_written_down_for_each_person_before_it_leaves(city):
    cases = {letter_of(city).pk, letter_of(city).pk}
    services.submit_periodic_objection(
        objector=Objector("Nama Lain", "Jalan"), unit=city.dinkes, text="x", form_token=uuid.uuid4()
    )
    book(city)
    reads = IdentityRead.objects.by(city.desk, wib(2024, 1, 1))
    assert {(read.information_request_id, read.what) for read in reads} == {(pk, "register") for pk in cases}
    book(city, berkas="keberatan")
    assert reads.filter(objection__isnull=False, what="register").count() == 1


def test_nothing_is_written_down_for_looking_at_the_form_or_a_mistake(city):
    letter_of(city)
    client = client_of(city.desk)
    assert client.get(ADDRESS).status_code == 200
    for wrong in ({}, {"berkas": "x"}, {"tahun": "x"}, {"dari": "2024-02-02", "sampai": "2024-02-01"}, {"unit": "x"}):
        response = client.post(ADDRESS, {"berkas": "permohonan", **wrong} if wrong else {})
        assert response["Content-Type"].startswith("text/html")
        assert "errorlist" in response.content.decode()
    assert not IdentityRead.objects.exists()


def test_units_get_no_register(city):
    for person in (city.operator, city.other):
        assert client_of(person).post(ADDRESS, {"berkas": "permohonan"}).status_code == 404
    assert not IdentityRead.objects.exists()


def test_queries_do_not_grow_with_the_rows(city):
    counts = []
    for _each in range(2):
        case = decide(city, letter_of(city), PAID)
        services.submit_objection(
            request_id=case.pk, ground="f", text="Mahal", form_token=uuid.uuid4(), now=wib(2024, 4, 1, 9)
        )
        with CaptureQueriesContext(connection) as queries:
            list(registers.request_rows(registers.requests_of(Period())))
            list(registers.objection_rows(registers.objections_of(Period())))
        counts.append(len(queries))
    assert counts == [2, 2]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"on": date(2024, 3, 13)}, "antara hari permohonan diterima"),
        ({"on": date(2024, 3, 23)}, "antara hari permohonan diterima"),
        ({"payment": "free"}, "menyebut biaya"),
        ({"payment": "x"}, "Pilih cara pembayaran"),
    ],
)
def test_a_handover_that_cannot_be_is_refused(city, fields, words):
    case = decide(city, letter_of(city), PAID)
    given = {"on": date(2024, 3, 22), "payment": "cash", "now": wib(2024, 3, 22, 9), **fields}
    with pytest.raises(RequestError, match=words):
        services.record_handover(request_id=case.pk, actor=city.desk, **given)


def test_only_what_was_granted_is_handed_over_and_only_by_the_desk(city):
    refused = decide(city, letter_of(city), Verdict("not_held", "Tidak ada."))
    granted = decide(city, letter_of(city), Verdict("granted", "Ada."))
    given = {"on": date(2024, 3, 22), "now": wib(2024, 3, 22, 9)}
    with pytest.raises(RequestError, match="dikabulkan"):
        services.record_handover(request_id=refused.pk, actor=city.desk, payment="free", **given)
    with pytest.raises(RequestError, match="tidak ada yang dibayar"):
        services.record_handover(request_id=granted.pk, actor=city.desk, payment="cash", **given)
    with pytest.raises(RequestError, match="tidak berhak"):
        services.record_handover(request_id=granted.pk, actor=city.operator, payment="free", **given)


def test_the_desk_records_a_handover_sets_it_right_and_the_requester_reads_it(city):
    case = decide(city, letter_of(city), PAID)
    client, address = client_of(city.desk), f"/admin/permohonan/{case.pk}/penyerahan/"
    assert "Rp15000" in client.get(address).content.decode().replace(".", "")
    assert "menyebut biaya" in client.post(address, {"tanggal": "2024-03-21", "pembayaran": "free"}).content.decode()
    for text in ("2024-03-21", "2024-03-22"):
        response = client.post(address, {"tanggal": text, "pembayaran": "transfer"})
        assert response.status_code == 302
    case.refresh_from_db()
    assert (case.handover.on, case.handover.payment) == (date(2024, 3, 22), "transfer")
    notes = case.events.filter(kind=RequestEvent.Kind.HANDED_OVER).values_list("note", flat=True)
    assert list(notes) == ["21 Maret 2024", "22 Maret 2024"]
    assert "Diserahkan 22 Maret 2024, transfer bank." in client.get(f"/admin/permohonan/{case.pk}/").content.decode()
    assert (
        "Informasinya diserahkan kepada Anda pada 22 Maret 2024" in client.get(case.get_absolute_url()).content.decode()
    )
