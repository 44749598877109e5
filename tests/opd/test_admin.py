"""The register's screens: who sees what, who may do what, and that nothing of another unit exists for staff."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from opd.models import CalendarDay, Channel, Membership, Unit, User
from tests.builders import make_channel, make_unit
from tests.people import PASSWORD, make_operator, make_person, make_ppid_utama, make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    """Two kelurahan, their operators, PPID Utama, a superuser and a channel each."""

    class City:
        kecamatan = make_unit("kecamatan-a", "kecamatan")
        pabean = make_unit("pabean", "kelurahan", parent=kecamatan)
        gerem = make_unit("gerem", "kelurahan", parent=kecamatan)
        operator = make_operator(pabean)
        other_operator = make_operator(gerem)
        ppid_utama = make_ppid_utama(make_unit("diskominfo"))
        superuser = make_superuser()
        own = make_channel(pabean, key="akun.pabean", status="unverified", verified_at=None)
        foreign = make_channel(gerem, key="akun.gerem", status="unverified", verified_at=None)
        day = CalendarDay.objects.create(day="2026-04-27", name="HUT Kota", decree="1/2026")

    return City


def url(model, view, *args):
    return reverse(f"admin:opd_{model}_{view}", args=args)


def enter(client, user):
    client.force_login(user, backend="opd.permissions.MembershipBackend")
    return client


def test_table_of_screens(city, client):
    """Row: address → status for the operator, PPID Utama, superuser (a refusal is always 404)."""
    table = {
        url("unit", "changelist"): (200, 200, 200),
        url("unit", "add"): (404, 200, 200),
        url("unit", "change", city.pabean.pk): (200, 200, 200),
        url("unit", "change", city.gerem.pk): (404, 200, 200),
        url("unit", "history", city.gerem.pk): (404, 200, 200),
        url("unit", "delete", city.gerem.pk): (404, 404, 200),
        url("unit", "delete", city.pabean.pk): (404, 404, 200),
        url("channel", "changelist"): (200, 200, 200),
        url("channel", "add"): (200, 200, 200),
        url("channel", "change", city.own.pk): (200, 200, 200),
        url("channel", "change", city.foreign.pk): (404, 200, 200),
        url("channel", "history", city.own.pk): (200, 200, 200),
        url("channel", "history", city.foreign.pk): (404, 200, 200),
        url("channel", "delete", city.own.pk): (404, 200, 200),
        url("channel", "delete", city.foreign.pk): (404, 200, 200),
        url("channel", "change", 999_999): (404, 404, 404),
        url("channel", "change", "x_00"): (404, 404, 404),
        url("user", "changelist"): (404, 200, 200),
        url("user", "add"): (404, 200, 200),
        url("user", "change", city.operator.pk): (404, 200, 200),
        url("user", "history", city.operator.pk): (404, 200, 200),
        url("user", "delete", city.operator.pk): (404, 404, 200),
        url("user", "change", city.ppid_utama.pk): (404, 200, 200),
        url("user", "change", city.superuser.pk): (404, 404, 200),
        url("user", "history", city.superuser.pk): (404, 404, 200),
        reverse("admin:auth_user_password_change", args=[city.operator.pk]): (404, 200, 200),
        reverse("admin:auth_user_password_change", args=[city.ppid_utama.pk]): (404, 404, 200),
        reverse("admin:auth_user_password_change", args=[city.superuser.pk]): (404, 404, 200),
        url("calendarday", "changelist"): (404, 200, 200),
        url("calendarday", "add"): (404, 200, 200),
        url("calendarday", "change", city.day.pk): (404, 200, 200),
        url("calendarday", "history", city.day.pk): (404, 200, 200),
        url("calendarday", "delete", city.day.pk): (404, 200, 200),
    }
    for column, person in enumerate((city.operator, city.ppid_utama, city.superuser)):
        enter(client, person)
        got = {address: client.get(address).status_code for address in table}
        assert got == {address: expected[column] for address, expected in table.items()}, person.username


def test_lists_search_and_filters_show_only_own_rows(city, client):
    enter(client, city.operator)
    for query in ("", f"?q={city.foreign.handle}", "?status__exact=unverified", "?unit__category__exact=kelurahan"):
        response = client.get(url("channel", "changelist") + query)
        assert city.foreign not in list(response.context["cl"].result_list)
        assert "Gerem" not in response.content.decode()
    assert "Gerem" not in client.get(url("unit", "changelist")).content.decode()
    assert client.get(url("channel", "changelist") + f"?unit__id__exact={city.gerem.pk}").status_code in (200, 302, 400)


def test_operator_proposes_a_channel_for_the_own_unit_only(city, client):
    enter(client, city.operator)
    form = {"kind": "instagram", "url": "https://instagram.com/Kel.Pabean/?igsh=1", "remark": "", "_save": "1"}
    extra = {"unit": city.gerem.pk, "status": "verified", "verified_how": "x"}
    response = client.post(url("channel", "add"), {**form, **extra})
    assert response.status_code == 302
    channel = Channel.objects.get(key="kel.pabean")
    assert (channel.unit, channel.status, channel.verified_at) == (city.pabean, "unverified", None)
    assert channel.url == "https://www.instagram.com/kel.pabean/"


def test_operator_of_two_units_cannot_choose_a_third(city, client):
    second = make_unit("kotasari", "kelurahan", parent=city.kecamatan)
    Membership.objects.create(user=city.operator, unit=second, role="operator")
    enter(client, city.operator)
    page = client.get(url("channel", "add")).content.decode()
    assert "Kotasari" in page
    assert "Gerem" not in page
    form = {"unit": city.gerem.pk, "kind": "x", "url": "@kelgerem", "remark": ""}
    response = client.post(url("channel", "add"), form)
    assert response.context["adminform"].form.errors["unit"]
    assert not Channel.objects.filter(key="kelgerem").exists()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("website", "https://instagram.com/x"),
        ("instagram", "https://instagram.com/p/abc/"),
        ("facebook", "Disperind Cilegon"),
        ("website", "javascript:alert(1)"),
        ("website", "http://127.0.0.1/"),
        ("website", "a\x00b.go.id"),
        ("website", "x" * 301),
        ("", "contoh.go.id"),
        ("surat", "contoh.go.id"),
        ("website", ""),
    ],
)
def test_bad_address_is_refused_on_the_field(city, client, kind, text):
    enter(client, city.operator)
    response = client.post(url("channel", "add"), {"kind": kind, "url": text, "remark": ""})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors.keys() & {"url", "kind"}


def test_address_that_is_taken_is_refused_on_the_field(city, client):
    enter(client, city.ppid_utama)
    form = {"unit": city.pabean.pk, "kind": "instagram", "url": f"@{city.foreign.key}", "remark": ""}
    response = client.post(url("channel", "add"), form)
    assert "sudah terdaftar" in str(response.context["adminform"].form.errors["url"])


def decide(client, action, channel, how="Dilihat di situs unit", reason="Bukan akun unit"):
    data = {"action": action, "_selected_action": [channel.pk], "how": how, "reason": reason}
    return client.post(url("channel", "changelist"), data, follow=True)


def test_verification_records_who_when_and_how(city, client):
    decide(enter(client, city.ppid_utama), "verify", city.own)
    city.own.refresh_from_db()
    assert (city.own.status, city.own.verified_by) == ("verified", city.ppid_utama)
    assert city.own.verified_at is not None
    assert city.own.verified_how == "Dilihat di situs unit"


def test_second_verification_keeps_the_first(city, client):
    decide(enter(client, city.ppid_utama), "verify", city.own)
    response = decide(enter(client, city.superuser), "verify", city.own, "lain")
    city.own.refresh_from_db()
    assert city.own.verified_by == city.ppid_utama
    assert "sudah diputuskan" in response.content.decode()


def test_decision_without_a_reason_is_refused(city, client):
    response = decide(enter(client, city.ppid_utama), "reject", city.own, reason=" ")
    city.own.refresh_from_db()
    assert city.own.status == "unverified"
    assert "Tuliskan alasan penolakan" in response.content.decode()


def test_a_rejection_has_a_reason_of_its_own(city, client):
    decide(enter(client, city.ppid_utama), "reject", city.own)
    city.own.refresh_from_db()
    assert (city.own.status, city.own.rejected_reason, city.own.verified_how) == ("rejected", "Bukan akun unit", "")


@pytest.mark.parametrize("change", [{"key": "akun.lain"}, {"kind": "facebook"}, {"unit": "gerem"}])
def test_the_database_itself_reopens_the_verification_of_another_account_or_owner(city, client, change):
    decide(enter(client, city.ppid_utama), "verify", city.own)
    if "unit" in change:
        change = {"unit": city.gerem}
    Channel.objects.filter(pk=city.own.pk).update(**change)
    city.own.refresh_from_db()
    assert (city.own.status, city.own.verified_by, city.own.verified_at, city.own.verified_how) == (
        "unverified", None, None, "",
    )  # fmt: skip
    Channel.objects.filter(pk=city.foreign.pk).update(remark="Catatan lain tidak mengubah status.")


def test_channel_without_address_cannot_be_verified(city, client):
    note = Channel.objects.create(unit=city.pabean, kind="instagram")
    decide(enter(client, city.ppid_utama), "verify", note)
    note.refresh_from_db()
    assert note.status == "unverified"


@pytest.mark.parametrize("action", ["verify", "reject", "delete_selected"])
def test_operator_cannot_decide_nor_delete(city, client, action):
    for channel in (city.own, city.foreign):
        decide(enter(client, city.operator), action, channel)
        channel.refresh_from_db()
        assert channel.status == "unverified"


def test_other_address_has_to_be_verified_again(city, client):
    decide(enter(client, city.ppid_utama), "verify", city.own)
    form = {"unit": city.pabean.pk, "kind": "instagram", "url": "@akun.baru", "remark": "", "source": ""}
    client.post(url("channel", "change", city.own.pk), form)
    city.own.refresh_from_db()
    assert (city.own.key, city.own.status, city.own.verified_by, city.own.verified_how) == (
        "akun.baru",
        "unverified",
        None,
        "",
    )


def test_remark_alone_keeps_the_verification(city, client):
    decide(enter(client, city.ppid_utama), "verify", city.own)
    form = {"unit": city.pabean.pk, "kind": "instagram", "url": f"@{city.own.key}", "remark": "Catatan", "source": ""}
    client.post(url("channel", "change", city.own.pk), form)
    city.own.refresh_from_db()
    assert (city.own.remark, city.own.status) == ("Catatan", "verified")


def account_form(unit, role="operator", **fields):
    return {
        "username": "operator-baru",
        "first_name": "",
        "last_name": "",
        "email": "",
        "is_active": "on",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-unit": unit.pk,
        "memberships-0-role": role,
        **fields,
    }


def test_ppid_utama_makes_an_operator_who_can_log_in(city, client):
    enter(client, city.ppid_utama)
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    cheating = {"is_superuser": "on", "groups": "1", "user_permissions": "1"}
    response = client.post(url("user", "add"), account_form(city.gerem, **passwords, **cheating))
    assert response.status_code == 302
    user = User.objects.get(username="operator-baru")
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (True, False, 0)
    assert list(user.memberships.values_list("unit", "role")) == [(city.gerem.pk, "operator")]
    client.logout()
    assert client.login(username="operator-baru", password=PASSWORD)


def test_ppid_utama_cannot_raise_anyone(city, client):
    enter(client, city.ppid_utama)
    address = url("user", "change", city.operator.pk)
    response = client.post(address, account_form(city.gerem, "ppid_utama", username=city.operator.username))
    assert response.status_code == 200
    response = client.post(
        address, account_form(city.gerem, username=city.operator.username, is_superuser="on", is_staff="on")
    )
    assert response.status_code == 302
    city.operator.refresh_from_db()
    assert not city.operator.is_superuser
    assert set(city.operator.memberships.values_list("role", flat=True)) == {"operator"}


def test_ppid_utama_cannot_change_peers_or_superusers(city, client):
    peer = make_person("ppid-kedua", city.gerem, "ppid_utama")
    enter(client, city.ppid_utama)
    for account in (peer, city.superuser, city.ppid_utama):
        before = User.objects.filter(pk=account.pk).values().get()
        assert client.post(url("user", "change", account.pk), account_form(city.gerem)).status_code == 404
        new = {"password1": "lain-sama-sekali-9", "password2": "lain-sama-sekali-9", "usable_password": "true"}
        address = reverse("admin:auth_user_password_change", args=[account.pk])
        assert client.post(address, new).status_code == 404
        assert User.objects.filter(pk=account.pk).values().get() == before
        assert account.memberships.count() == (0 if account.is_superuser else 1)


def test_superuser_gives_the_city_role(city, client):
    enter(client, city.superuser)
    form = account_form(city.gerem, "ppid_utama", username=city.operator.username)
    assert client.post(url("user", "change", city.operator.pk), form).status_code == 302
    assert city.operator.memberships.filter(role="ppid_utama").exists()


def test_kecamatan_with_kelurahan_stays_one_and_parents_are_kecamatan(city, client):
    enter(client, city.ppid_utama)
    form = {"name": "A", "short_name": "A", "category": "opd", "aliases": "", "parent": ""}
    response = client.post(url("unit", "change", city.kecamatan.pk), form)
    assert "masih mempunyai kelurahan" in str(response.context["adminform"].form.errors)
    form = {**form, "category": "kelurahan", "parent": city.gerem.pk}
    response = client.post(url("unit", "change", city.pabean.pk), form)
    assert response.context["adminform"].form.errors["parent"]


def test_names_with_commas_are_kept_one_a_line(city, client):
    enter(client, city.ppid_utama)
    form = {"name": "A", "short_name": "A", "category": "kecamatan", "aliases": "Satu, Dua\r\n\r\nTiga\r\nTiga"}
    assert client.post(url("unit", "change", city.kecamatan.pk), form).status_code == 302
    assert Unit.objects.get(pk=city.kecamatan.pk).aliases == ["Satu, Dua", "Tiga"]


def test_units_are_chosen_in_groups_with_one_query(city, client, django_assert_max_num_queries):
    enter(client, city.ppid_utama)
    with django_assert_max_num_queries(8):
        page = client.get(url("channel", "add")).content.decode()
    assert page.index('<optgroup label="Organisasi Perangkat Daerah">') < page.index('<optgroup label="Kelurahan">')


@pytest.mark.parametrize("model", ["unit", "channel", "user", "calendarday"])
def test_lists_run_a_constant_number_of_queries(city, client, model):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url(model, "changelist")).status_code == 200
        return len(seen)

    enter(client, city.superuser)
    few = queries()
    for number in range(10):
        unit = make_unit(f"banyak-{number}", "kelurahan", parent=city.kecamatan)
        make_channel(unit)
        make_operator(unit)
        CalendarDay.objects.create(day=f"2026-05-{number + 1:02}", name="Libur", decree="2/2026")
    assert queries() == few


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?status__exact=%00",
        "?status__exact=tidak-ada",
        "?unit__category__exact=%00x",
        "?p=99999999999999999999",
        "?p=x",
        "?o=99.1",
        "?unit__id__exact=99999999999999999999",
        "?password__startswith=a",
        "?_popup=1&_to_field=tidak",
        "?memberships__role__exact=x%00",
    ],
)
@pytest.mark.parametrize("model", ["unit", "channel", "user", "calendarday"])
def test_crooked_queries_are_no_server_error(city, client, model, query):
    enter(client, city.superuser)
    assert client.get(url(model, "changelist") + query).status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("chosen", ["x", "\x00", "99999999999999999999", "-1", ""])
@pytest.mark.parametrize("action", ["verify", "delete_selected", "tidak-ada", "\x00"])
def test_crooked_actions_are_no_server_error(city, client, action, chosen):
    enter(client, city.superuser)
    data = {"action": action, "_selected_action": [chosen], "how": "\x00"}
    assert client.post(url("channel", "changelist"), data).status_code in (200, 302, 400, 404)
    assert Channel.objects.filter(status="unverified").count() == 2


@pytest.mark.parametrize("key", ["99999999999999999999", "%00", "_00", "x", "-1"])
@pytest.mark.parametrize("model", ["unit", "channel", "user", "calendarday"])
def test_crooked_addresses_are_not_found(city, client, model, key):
    enter(client, city.superuser)
    for view in ("change", "history", "delete"):
        assert client.get(f"/admin/opd/{model}/{key}/{view}/").status_code == 404, view


def test_days_are_chosen_with_the_phones_own_picker(city, client):
    enter(client, city.ppid_utama)
    page = client.get(url("calendarday", "change", city.day.pk)).content.decode()
    assert 'type="date" name="day" value="2026-04-27"' in page
    form = {"day": "2026-04-28", "is_off": "on", "name": "HUT Kota", "decree": "1/2026"}
    assert client.post(url("calendarday", "change", city.day.pk), form).status_code == 302
    assert str(CalendarDay.objects.get().day) == "2026-04-28"


@pytest.mark.parametrize("day", ["2026-02-30", "27/13/2026", "99999-01-01", "x", "2026-04-27\x00", ""])
def test_bad_day_is_refused_on_the_field(city, client, day):
    enter(client, city.ppid_utama)
    response = client.post(url("calendarday", "add"), {"day": day, "name": "A", "decree": "B"})
    assert response.context["adminform"].form.errors["day"]
