"""Letters carry the day of the act, in Jakarta, and say what the law asks for."""

from io import BytesIO

import pypdf
import pytest
from django.test import Client

from correspondence.models import Letter
from correspondence.services import LetterError, letter_pdf
from requests_info import services
from requests_info.services.deciding import Verdict
from tests.builders import make_document

from .test_objecting import decide, object_to
from .worlds import GRANTED, asked, forward, letter_of, wib

pytestmark = pytest.mark.django_db
EARLY, LATE = (6, 30), (23, 30)  # 06.30 WIB is the day before in UTC; 23.30 WIB is not


def words(letter: Letter) -> str:
    pages = pypdf.PdfReader(BytesIO(letter_pdf(letter))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("received", [EARLY, LATE, (0, 0)])
@pytest.mark.parametrize("decided", [EARLY, LATE, (0, 0)])
def test_a_notice_carries_the_day_of_receipt_and_the_day_of_the_decision(city, received, decided):
    case = letter_of(city, wib(2024, 3, 14, *received))
    now = wib(2024, 3, 25, *decided)
    letter = services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=now).letter
    assert str(letter.issued_on) == "2024-03-25"
    text = words(letter)
    for expected in ("Cilegon, 25 Maret 2024", "kami terima pada 14 Maret 2024", "paling lambat 20 Mei 2024"):
        assert expected in text, expected
    for wrong in ("13 Maret", "15 Maret", "24 Maret", "26 Maret"):
        assert wrong not in text, wrong


@pytest.mark.parametrize("moment", [EARLY, LATE])
def test_a_decision_of_an_objection_carries_its_days_too(city, moment):
    objection = object_to(letter_of(city), now=wib(2024, 4, 1, *moment))
    letter = decide(objection, city.desk, now=wib(2024, 4, 24, *moment)).letter
    text = words(letter)
    for expected in ("Cilegon, 24 April 2024", "kami terima pada 1 April 2024", "paling lambat 17 Mei 2024"):
        assert expected in text, expected
    for wrong in ("31 Maret", "2 April", "23 April", "25 April"):
        assert wrong not in text, wrong


def test_a_letter_of_tomorrow_or_before_the_last_one_is_not_issued(city, clock):
    first, second = letter_of(city), letter_of(city)
    services.decide_request(request_id=first.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 25, 9))
    with pytest.raises(LetterError, match="sudah bertanggal 25 Maret 2024"):
        services.decide_request(request_id=second.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 22, 9))
    clock(wib(2024, 3, 26, 9))
    with pytest.raises(LetterError, match="masa depan"):
        services.decide_request(request_id=second.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 27, 9))
    second.refresh_from_db()
    assert second.is_open
    assert Letter.objects.count() == 1


def test_a_notice_names_what_was_asked_who_holds_it_medium_and_cost(city):
    case = letter_of(city, wanted="Rencana kerja 2026")
    (part,) = forward(case, city, city.dinkes)
    services.answer_part(assignment_id=part.pk, actor=city.operator, answer="Terlampir", now=wib(2024, 3, 20, 9))
    verdict = Verdict("granted", "Baris satu.\n\nBaris dua.", medium="Salinan tercetak", cost=12500)
    letter = services.decide_request(
        request_id=case.pk, actor=city.desk, verdict=verdict, now=wib(2024, 3, 25, 9)
    ).letter
    text = words(letter)
    for expected in (
        "Informasi yang diminta : Rencana kerja 2026", "Hasil : Dikabulkan seluruhnya", "Dikuasai oleh : Dinkes",
        "Cara penyampaian : Salinan tercetak", "Biaya : Rp12.500", "Baris satu. Baris dua.", "di tempat",
    ):  # fmt: skip
        assert expected in text, expected


def test_a_refusal_names_ground_and_consequence_test(city):
    exempt = make_document(city.diskominfo, info_class="exempt", title="Data rahasia")
    case = letter_of(city)
    verdict = Verdict("refused", "Informasi ini dikecualikan.", exempt=exempt)
    letter = services.decide_request(
        request_id=case.pk, actor=city.desk, verdict=verdict, now=wib(2024, 3, 25, 9)
    ).letter
    text = words(letter)
    assert "Penolakan permohonan informasi" in text
    assert "Dasar pengecualian menurut UU 14/2008: Pasal 17 huruf a" in text
    assert "Uji konsekuensi tanggal 5 Januari 2023 oleh PPID Utama." in text


def test_of_a_letter_only_the_day_of_receipt_is_told_of_the_form_the_moment(city):
    by_letter = services.enter_request(
        asked=asked(), source="letter", received_on=wib(2024, 3, 14), actor=city.desk, now=wib(2024, 3, 14, 10)
    )
    page = Client().get(by_letter.get_absolute_url()).content.decode()
    assert "14 Maret 2024 (surat)" in page
    assert "00.00" not in page
    by_form = services.submit_request(
        asked=asked(), form_token="6f1c2f4e-5d3b-4c8a-9a52-0d4c1d5b7e11", now=wib(2024, 3, 14, 6, 30)
    )
    assert "14 Maret 2024 pukul 06.30 WIB" in Client().get(by_form.get_absolute_url()).content.decode()
