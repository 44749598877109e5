"""Rewards as people meet them: the public register, a unit's letters, the desk; and who is told nothing."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from correspondence.models import Letter
from correspondence.services import letter_pdf
from opd.models import Role
from rankings.rewards.deciding import approve_proposal, withdraw_reward
from rankings.rewards.models import Proposal, RewardRule
from rankings.rewards.proposing import propose_month
from tests.builders import make_entry, make_ranking, make_unit
from tests.people import make_operator, make_person

from .worlds import FEBRUARY, JANUARY, close, finish, finish_board, revise

pytestmark = pytest.mark.django_db
REGISTER, DESK = "/penghargaan/", "/admin/penghargaan/"


@pytest.fixture
def chief():
    return make_person("ppid-utama", make_unit("diskominfo"), Role.PPID_UTAMA, first_name="Nama", last_name="Penguji")


@pytest.fixture
def city(chief):
    """January is final: three places and a silent unit, all decided."""

    class City:
        first, second, third, silent = finish_board(JANUARY, 87.45, 60, 50, None)

    propose_month(JANUARY)
    for row in Proposal.objects.all():
        approve_proposal(proposal_id=row.pk, actor=chief, note="RAHASIA-MEJA")
    return City


def body(client, address, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status, (address, response.status_code)
    return " ".join(response.content.decode().split())


def reward_of(unit) -> Proposal:
    return Proposal.objects.get(unit=unit)


# --- the public register -----------------------------------------------------------------------------------------


def test_the_register_names_unit_reason_and_letter(client, city):
    text = body(client, REGISTER)
    letter = reward_of(city.first).letter
    for part in (city.first.name, "Peringkat 1 dari 4 unit", "87,5", letter.number, "Piagam Penghargaan"):
        assert part in text, part
    assert "RAHASIA-MEJA" not in text
    assert "Nama Penguji" not in text


def test_warnings_stay_out_of_every_public_place_unless_the_city_says_so(client, city, settings):
    letter = reward_of(city.silent)
    places = (REGISTER, f"/unit/{city.silent.slug}/", f"/peringkat/2023-01/opd/{city.silent.slug}/", "/api/v1/rewards/")
    for address in places:
        cache.clear()
        assert letter.letter.number not in body(client, address), address
    assert client.get(f"{REGISTER}{letter.pk}/surat.pdf").status_code == 404
    assert client.get(f"/api/v1/rewards/{letter.pk}/").status_code == 404
    settings.PUBLISH_WARNINGS = True
    for address in places:
        cache.clear()
        text = body(client, address)
        assert "pengingat" in text.lower() or letter.letter.number in text, address
    assert client.get(f"{REGISTER}{letter.pk}/surat.pdf").status_code == 200


def test_what_is_only_proposed_or_rejected_is_nowhere_public(client):
    units = finish_board(JANUARY, 90, 60, 50)
    propose_month(JANUARY)
    assert units[0].name not in body(client, REGISTER)
    assert client.get(f"{REGISTER}{reward_of(units[0]).pk}/surat.pdf").status_code == 404
    assert client.get("/api/v1/rewards/").json()["results"] == []
    assert "Belum ada penghargaan" in body(client, REGISTER)


def test_the_letter_can_be_downloaded_as_it_was_issued(client, city):
    reward = reward_of(city.first)
    response = client.get(f"{REGISTER}{reward.pk}/surat.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content == letter_pdf(reward.letter)
    page = PdfReader(BytesIO(response.content))
    assert len(page.pages) == 1
    assert page.metadata.title


def test_a_withdrawn_letter_stays_in_the_register_with_its_reason_and_without_its_file(client, city, chief):
    reward = reward_of(city.first)
    withdraw_reward(proposal_id=reward.pk, actor=chief, reason="Salah <b>hitung</b>")
    text = body(client, REGISTER)
    assert "Ditarik" in text
    assert "Salah &lt;b&gt;hitung&lt;/b&gt;" in text
    assert client.get(f"{REGISTER}{reward.pk}/surat.pdf").status_code == 410
    found = client.get(f"/api/v1/rewards/{reward.pk}/").json()
    assert (found["is_withdrawn"], found["withdrawn_reason"]) == (True, "Salah <b>hitung</b>")


def test_filters_by_month_category_and_unit(client, city):
    assert city.second.name not in body(client, f"{REGISTER}?unit={city.first.slug}").split("</form>")[1]
    assert "Tidak ada surat yang cocok" in body(client, f"{REGISTER}?kategori=bumd")
    assert city.first.name in body(client, f"{REGISTER}?bulan=2023-01&kategori=opd")
    wrong = body(client, f"{REGISTER}?bulan=2019-01&kategori=zz&unit=zz&jenis=warning", status=400)
    assert "Kategori ini tidak ada." in wrong
    assert "Tidak ada penghargaan pada bulan ini." in wrong


def test_unit_entry_and_month_lead_to_the_rewards(client, city):
    assert "Piagam Penghargaan" in body(client, f"/unit/{city.first.slug}/")
    assert "Piagam Penghargaan" in body(client, f"/peringkat/2023-01/opd/{city.first.slug}/")
    assert "3 penghargaan diterbitkan untuk Januari 2023" in body(client, "/peringkat/2023-01/")
    assert 'id="penghargaan"' not in body(client, f"/unit/{city.silent.slug}/")


def test_sample_letters_say_so(client, chief):
    finish_board(JANUARY, 90, 60, 50, is_sample=True)
    propose_month(JANUARY)
    approve_proposal(proposal_id=Proposal.objects.first().pk, actor=chief)
    text = body(client, REGISTER)
    assert "Data contoh" in text
    assert client.get("/api/v1/rewards/").json()["results"][0]["is_sample"]


def test_queries_do_not_grow_with_the_letters(client, chief):
    counts = {}
    for month, number in ((JANUARY, 3), (FEBRUARY, 20)):
        finish_board(month, *[60] * number)
        propose_month(month)
        for row in Proposal.objects.waiting():
            approve_proposal(proposal_id=row.pk, actor=chief)
        for address in (REGISTER, "/api/v1/rewards/"):
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                body(client, address)
            counts.setdefault(address, []).append(len(queries))
    assert all(one == other for one, other in counts.values()), counts


def test_the_api_gives_the_register(client, city):
    cache.clear()
    rows = client.get("/api/v1/rewards/?month=2023-01&category=opd&kind=reward").json()["results"]
    assert [row["unit"]["slug"] for row in rows] == [unit.slug for unit in (city.first, city.second, city.third)]
    assert rows[0]["number"]
    assert not {"decided_by", "decision_reason"} & rows[0].keys()
    assert client.get("/api/v1/rewards/?month=2023-1").status_code == 400
    assert client.get("/api/v1/rewards/?unit=zz").status_code == 400


# --- the unit's own letters --------------------------------------------------------------------------------------


def test_a_unit_reads_its_own_letters_and_no_other(client, city):
    client.force_login(make_operator(city.silent))
    text = body(client, DESK)
    assert reward_of(city.silent).letter.number in text
    assert city.first.name not in text
    assert "RAHASIA-MEJA" not in text
    item = body(client, f"{DESK}{reward_of(city.silent).pk}/")
    assert "Anda berhak menjawab surat ini" in item
    assert "RAHASIA-MEJA" not in item
    assert client.get(f"{DESK}{reward_of(city.first).pk}/").status_code == 404
    assert client.get(f"/admin/correspondence/letter/{reward_of(city.silent).letter_id}/unduh/").status_code == 200
    assert "Penghargaan dan teguran (1)" in body(client, "/admin/")


def test_a_unit_sees_nothing_of_what_is_only_proposed(client):
    unit = make_unit()
    finish(JANUARY, [(unit, "S")])
    propose_month(JANUARY)
    client.force_login(make_operator(unit))
    assert "Belum ada piagam" in body(client, DESK)
    for address in (f"{DESK}{reward_of(unit).pk}/", f"{DESK}{reward_of(unit).pk}/pratinjau.pdf"):
        assert client.get(address).status_code == 404
    for address in (DESK, f"{DESK}{reward_of(unit).pk}/", f"{DESK}susun/"):
        assert client.post(address, {"verdict": "approve", "pilih": reward_of(unit).pk}).status_code == 404
    assert reward_of(unit).status == "proposed"


# --- the desk ----------------------------------------------------------------------------------------------------


def test_the_desk_shows_reasons_by_rule_and_issues_what_is_ticked(client, chief):
    units = finish_board(JANUARY, 90, 60, 50, None)
    propose_month(JANUARY)
    client.force_login(chief)
    text = body(client, DESK)
    assert "Piagam tiga besar (3)" in text
    assert "Peringkat 1 dari 4 unit" in text
    assert "Alamat surel unit belum tercatat" in text
    keys = [reward_of(unit).pk for unit in units[:2]]
    response = client.post(DESK, {"verdict": "approve", "pilih": keys}, follow=True)
    assert "2 usulan diputuskan." in response.content.decode()
    assert [reward_of(unit).status for unit in units] == ["issued", "issued", "proposed", "proposed"]


def test_a_whole_rule_can_be_ticked_but_only_what_the_page_showed(client, chief):
    units = finish_board(JANUARY, 90, 60, 50, None)
    propose_month(JANUARY)
    client.force_login(chief)
    rule = RewardRule.objects.get(slug="piagam")
    shown = [reward_of(unit).pk for unit in (units[0], units[3])]
    client.post(DESK, {"verdict": "approve", "aturan": rule.pk, "tampil": shown})
    assert [reward_of(unit).status for unit in units] == ["issued", "proposed", "proposed", "proposed"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Pilih terbitkan atau tolak."),
        ({"verdict": "approve"}, "Centang dahulu"),
        ({"verdict": "reject"}, "Tuliskan alasan penolakan."),
        ({"verdict": "approve", "pilih": ["x", "9" * 40, "-1", "\x00"]}, "Centang dahulu"),
        ({"verdict": "hapus", "pilih": ["1"]}, "hapus"),
    ],
)
def test_a_wrong_form_is_answered_with_words(client, chief, fields, words):
    finish_board(JANUARY, 90, 60, 50)
    propose_month(JANUARY)
    client.force_login(chief)
    response = client.post(DESK, fields)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Letter.objects.exists()


def test_a_refusal_keeps_its_reason_and_the_second_click_is_told(client, chief):
    unit = make_unit()
    finish(JANUARY, [(unit, "S")])
    propose_month(JANUARY)
    client.force_login(chief)
    address = f"{DESK}{reward_of(unit).pk}/"
    client.post(address, {"verdict": "reject", "reason": "Unit baru"})
    assert (reward_of(unit).status, reward_of(unit).decision_reason) == ("rejected", "Unit baru")
    response = client.post(address, {"verdict": "approve"}, follow=True)
    assert "sudah diputuskan" in response.content.decode()
    assert "Unit baru" in body(client, f"{DESK}?bulan=2023-01")


def test_the_item_page_withdraws_with_a_reason(client, city, chief):
    client.force_login(chief)
    address = f"{DESK}{reward_of(city.first).pk}/"
    assert client.post(address, {"withdraw": "1"}).status_code == 200
    assert reward_of(city.first).status == "issued"
    client.post(address, {"withdraw": "1", "withdraw_reason": "Salah hitung"})
    assert reward_of(city.first).status == "withdrawn"
    assert "Salah hitung" in body(client, address)


def test_a_letter_that_a_revision_contradicts_stands_on_top_of_the_desk(client, city, chief):
    revise(JANUARY, [(city.first, 2), (city.second, 1), (city.third, 3), (city.silent, None)])
    propose_month(JANUARY)
    client.force_login(chief)
    text = body(client, DESK)
    assert "Tidak sesuai lagi dengan revisi peringkat" in text
    assert "Di surat: Peringkat 1" in text


def test_the_preview_is_a_pdf_for_those_who_decide(client, chief):
    unit = make_unit()
    finish(JANUARY, [(unit, "S")])
    propose_month(JANUARY)
    client.force_login(chief)
    response = client.get(f"{DESK}{reward_of(unit).pk}/pratinjau.pdf")
    assert response.content.startswith(b"%PDF")
    assert "no-store" in response["Cache-Control"]
    assert not Letter.objects.exists()


def test_missed_months_can_be_proposed_by_a_button(client, chief):
    finish(JANUARY, [(make_unit(), "S")])
    client.force_login(chief)
    assert "Susun usulan sekarang" in body(client, DESK)
    response = client.post(f"{DESK}susun/", follow=True)
    assert "1 usulan baru." in response.content.decode()
    assert "Susun usulan sekarang" not in body(client, DESK)


def test_guidance_tells_its_due_date_and_that_it_was_met(client, chief, settings):
    settings.PUBLISH_WARNINGS = True
    unit = make_unit()
    ranking = make_ranking(JANUARY)
    make_entry(ranking, unit, 1, has_social_media=False)
    close(ranking)
    propose_month(JANUARY)
    approve_proposal(proposal_id=reward_of(unit).pk, actor=chief)
    assert "Tenggat" in body(client, REGISTER)
    Proposal.objects.filter(unit=unit).update(met_on=timezone.localdate() - timedelta(days=1))
    cache.clear()
    assert "Terpenuhi sejak" in body(client, REGISTER)


def test_queries_of_the_desk_do_not_grow_with_the_proposals(client, chief):
    client.force_login(chief)
    counts = []
    for month, number in ((JANUARY, 3), (FEBRUARY, 40)):
        finish_board(month, *[60] * number)
        propose_month(month)
        with CaptureQueriesContext(connection) as queries:
            body(client, f"{DESK}?bulan={month:%Y-%m}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- rules -------------------------------------------------------------------------------------------------------


def test_a_used_rule_keeps_what_it_asks_and_may_be_worded_better(client, chief):
    finish_board(JANUARY, 90, 60, 50)
    propose_month(JANUARY)
    client.force_login(chief)
    rule = RewardRule.objects.get(slug="piagam")
    address = f"/admin/rankings/rewardrule/{rule.pk}/change/"
    fields = {"name": "Piagam", "threshold": "40", "wording": "bagi {unit}", "is_active": "on"}
    assert client.post(address, fields).status_code == 302
    rule.refresh_from_db()
    assert (rule.name, rule.threshold, rule.wording) == ("Piagam", 3, "bagi {unit}")
    wrong = client.post(address, {**fields, "wording": "bagi {unit.__class__} {"})
    assert "Isian ini tidak dikenal" in wrong.content.decode()


def test_a_new_rule_gets_its_kind_from_its_condition(client, chief):
    client.force_login(chief)
    kind = RewardRule.objects.get(slug="apresiasi").letter_kind
    fields = {
        "name": "Naik", "slug": "naik", "condition": "places_risen", "threshold": "5", "letter_kind": kind.pk,
        "effective_from": "2026-12-01", "wording": "Naik {naik}.", "is_active": "on",
    }  # fmt: skip
    assert client.post("/admin/rankings/rewardrule/add/", fields).status_code == 302
    assert RewardRule.objects.get(slug="naik").kind == "reward"
    for wrong in ({"effective_from": "2026-12-15"}, {"effective_until": "2026-11-01"}, {"threshold": "0"}):
        response = client.post("/admin/rankings/rewardrule/add/", {**fields, "slug": "lain", **wrong})
        assert response.status_code == 200, wrong
    guidance = {**fields, "slug": "tanpa-tenggat", "condition": "no_social_media"}
    assert "memerlukan tenggat" in client.post("/admin/rankings/rewardrule/add/", guidance).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        RewardRule.objects.filter(slug="pembinaan").update(due_working_days=None)


def test_two_rules_cannot_stand_on_one_step_of_the_ladder(client, chief):
    client.force_login(chief)
    kind = RewardRule.objects.get(slug="pengingat").letter_kind
    fields = {
        "name": "Lain", "slug": "lain", "condition": "silent_months", "threshold": "1", "letter_kind": kind.pk,
        "effective_from": "2026-12-01", "wording": "x", "is_active": "on",
    }  # fmt: skip
    response = client.post("/admin/rankings/rewardrule/add/", fields)
    assert "sudah ada aturan yang aktif" in response.content.decode()
    for free in ({"threshold": "6"}, {"effective_from": "2022-01-01", "effective_until": "2022-12-01"}):
        response = client.post("/admin/rankings/rewardrule/add/", {**fields, "slug": f"lain-{len(free)}", **free})
        assert response.status_code == 302
