"""Tokens that end: Meta's answer in the documented form, warnings in time, and what the workspace shows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from correspondence.models import Mail
from publications import tasks
from publications.harvest.items import HarvestError
from publications.harvest.token_records import HarvestToken
from publications.harvest.tokens import TokenFacts, check_instagram, read_debug, token_problems
from tests.builders import make_unit
from tests.people import make_operator, make_ppid_utama

from .recording import Recording

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 0, 10, tzinfo=UTC)
META = "https://graph.facebook.com/v25.0/debug_token"
SECRET = "EAAG-rahasia"


@pytest.fixture(autouse=True)
def _instagram(settings):
    settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN = "17841400000000000", SECRET
    settings.INSTAGRAM_TOKEN_EXPIRES_ON = None
    make_unit(slug=settings.PPID_UNIT, email="ppid@contoh.go.id")


def told(expires_at=None, access_until=None, is_valid=True):
    """`debug_token` as Meta documents it."""
    seconds = {"expires_at": expires_at, "data_access_expires_at": access_until}
    ends = {name: int(moment.timestamp()) if moment else 0 for name, moment in seconds.items()}
    data = {"app_id": "1", "type": "USER", "application": "KIP", "is_valid": is_valid, "scopes": [], "user_id": "1"}
    return {META: {"data": {**data, **ends}}}


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def check(answers, now=NOW) -> tuple[HarvestToken, Recording]:
    http = Recording(answers)
    return check_instagram(http, now), http


def test_the_earlier_end_counts_and_nought_is_none():
    read = [check(answer)[0].expires_at for answer in (told(days(60), days(90)), told(None, days(90)), told())]
    assert read == [days(60), days(90), None]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error": {"code": 190, "message": "x"}}', "auth"),
        (b'{"error": {"code": 4, "message": "x"}}', "quota"),
        (b"<html>", "not_a_feed"),
        (b"[]", "not_a_feed"),
        (b'{"data": {"is_valid": "yes"}}', "not_a_feed"),
        (b'{"data": null}', "not_a_feed"),
    ],
)
def test_what_meta_may_answer_else(body, kind):
    with pytest.raises(HarvestError) as error:
        read_debug(body)
    assert error.value.kind == kind


def test_absurd_dates_are_none():
    assert read_debug(b'{"data": {"is_valid": true, "expires_at": 99999999999999999}}') == TokenFacts(True, None)
    assert read_debug(b'{"data": {"is_valid": true, "expires_at": "besok"}}') == TokenFacts(True, None)


@pytest.mark.parametrize(
    ("left", "mails", "is_shown"), [(60, 0, False), (14.01, 0, False), (13.9, 1, True), (1, 1, True), (-1, 1, True)]
)
def test_under_14_days_a_mail_goes_out_once_and_the_workspace_says_so(left, mails, is_shown):
    for _time in range(2):
        check(told(days(left)))
    assert Mail.objects.count() == mails
    assert bool(token_problems(NOW)) == is_shown


def test_each_stage_has_its_mail_and_a_new_token_ends_the_warnings():
    for left in (20, 13, 12, 6, 1, -1, -2):
        check(told(days(10)), now=days(10 - left))
    assert Mail.objects.count() == 4
    assert [SECRET in mail.text for mail in Mail.objects.all()] == [False] * 4
    check(told(days(70)), now=days(11))
    assert token_problems(days(11)) == []


def test_a_token_that_meta_refuses_is_over():
    for answer in (told(days(40), is_valid=False), {META: (400, {"error": {"code": 190, "message": "x"}}, {})}):
        check(answer)
        assert token_problems(NOW) == ["Token Instagram tidak berlaku lagi: akun Instagram unit tidak terbaca."]


def test_where_meta_cannot_be_asked_the_date_of_the_settings_holds_else_what_was_known(settings):
    down = {META: HarvestError("connect", "Sambungan ke situs gagal atau terputus.")}
    assert check(down)[0].expires_at is None
    assert "belum dapat diperiksa" in token_problems(NOW)[0]
    check(told(days(40)))
    assert check(down)[0].expires_at == days(40)
    assert token_problems(NOW) == []
    settings.INSTAGRAM_TOKEN_EXPIRES_ON = date(2026, 11, 25)
    assert check(down)[0].expires_at == datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    assert token_problems(NOW) == ["Token Instagram berakhir pada 26 November 2026 00.00 WIB."]


def test_the_token_stands_in_a_header_and_in_the_one_parameter_that_meta_asks_for():
    ((url, headers),) = check(told())[1].asked
    assert (url, headers) == (f"{META}?input_token={SECRET}", {"Authorization": f"Bearer {SECRET}"})


def test_where_instagram_is_off_nobody_is_asked_and_nothing_is_shown(settings, django_assert_num_queries):
    check(told(days(3)))
    settings.INSTAGRAM_TOKEN = ""
    with django_assert_num_queries(0):
        assert token_problems(NOW) == []
    token, http = check({})
    assert (token, http.asked, HarvestToken.objects.count()) == (None, [], 0)


def test_the_task_may_run_twice(monkeypatch):
    moment = datetime.now(UTC) + timedelta(days=3)
    monkeypatch.setattr("publications.harvest.ways.portal_client", lambda turns: Recording(told(moment)))
    for _time in range(2):
        tasks.check_tokens.delay()
    assert Mail.objects.count() == 1


def test_diskominfo_sees_it_on_its_home_and_at_the_channels_and_units_do_not(client, settings):
    settings.HARVEST_ENABLED = False
    unit = make_unit()
    ppid, operator = make_ppid_utama(unit), make_operator(unit)
    check(told(datetime.now(UTC) + timedelta(days=3)), now=datetime.now(UTC))
    for user, is_told in ((ppid, True), (operator, False)):
        client.force_login(user, "opd.permissions.MembershipBackend")
        home, channels = client.get(reverse("admin:index")), client.get(reverse("channels:overview"))
        assert [("Token Instagram berakhir" in page.content.decode()) for page in (home, channels)] == [is_told] * 2
        assert "HARVEST_ENABLED" in channels.content.decode()
