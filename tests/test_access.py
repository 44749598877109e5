"""Who gets what, address by address. An address of the workspace that is missing from the table fails the test.

A person of Pabean meets Gerem's rows only as 404: not 403, which would tell that they exist.
"""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from correspondence.models import Mail
from correspondence.services import issue_letter
from opd.models import CalendarDay, Membership, Role
from publications.documents.media import Checked
from publications.models import (
    Activity,
    ActivityMerge,
    ChannelProbe,
    ChecklistItem,
    ChecklistLink,
    CoverageGap,
    Photo,
    Publication,
)
from rankings.models import Evidence, Proposal, Ranking, Rebuttal, RewardRule
from requests_info.models import Assignment, FileForward, InformationRequest
from requests_info.services import Asked, Objector, submit_periodic_objection, submit_request, write_to_desk
from tests.builders import (
    NOON,
    make_activity,
    make_channel,
    make_document,
    make_entry,
    make_publication,
    make_ranking,
    make_unit,
)
from tests.people import make_operator, make_person, make_ppid_utama, make_superuser

pytestmark = pytest.mark.django_db

CANARY = "RAHASIA-GEREM"
#: Columns of the table. `foreign` is the operator of Pabean at Gerem's rows, `own` the same person at Pabean's.
PERSONS = ("visitor", "foreign", "own", "ppid_utama", "superuser")
LOGIN = 302  # a visitor is sent to the log-in, whatever the address


@dataclass(frozen=True)
class Row:
    """Expected status of GET and of an empty POST, person by person in the order of PERSONS."""

    get: tuple[int, int, int, int, int]
    post: tuple[int, int, int, int, int]


def same(*statuses: int) -> Row:
    return Row(statuses, statuses)


EVERYONE = same(LOGIN, 200, 200, 200, 200)
CITY = same(LOGIN, 404, 404, 200, 200)
SUPERUSER = same(LOGIN, 404, 404, 404, 200)
NOBODY = same(LOGIN, 404, 404, 404, 404)
READ = Row(EVERYONE.get, (LOGIN, 405, 405, 405, 405))
OBJECT = same(LOGIN, 404, 200, 200, 200)

SITE = {
    "index": EVERYONE,
    "login": Row((200, 302, 302, 302, 302), (200, 200, 200, 200, 200)),
    "logout": Row((LOGIN, 405, 405, 405, 405), (LOGIN, 200, 200, 200, 200)),
    "password_change": EVERYONE,
    "password_change_done": READ,
    "autocomplete": Row(NOBODY.get, READ.post),
    "jsi18n": READ,
}
APPS = {
    "auth": SUPERUSER,
    "publications": EVERYONE,
    "opd": EVERYONE,
    "correspondence": EVERYONE,
    "rankings": CITY,
}


def screens(model: str, listing: Row, add: Row, change: Row, delete: Row, history: Row | None = None) -> dict[str, Row]:
    history = history or change
    return {
        f"{model}_changelist": listing,
        f"{model}_add": add,
        f"{model}_change": change,
        f"{model}_delete": delete,
        f"{model}_history": Row(history.get, history.post),
    }


VIEW_ONLY = Row((LOGIN, 404, 200, 200, 200), (LOGIN, 404, 404, 404, 404))
CITY_VIEWS = Row(CITY.get, NOBODY.post)
#: The unit looks, Diskominfo changes.
VIEWED = Row(OBJECT.get, (LOGIN, 404, 404, 200, 200))
LIST = EVERYONE
DRAFT_DELETE = SUPERUSER
TABLE = {
    **SITE,
    **screens("publications_activity", LIST, EVERYONE, OBJECT, DRAFT_DELETE, OBJECT),
    "publications_activity_undo_merge": CITY,
    "publications_activity_split": CITY,
    **screens("publications_publication", LIST, NOBODY, VIEW_ONLY, NOBODY, OBJECT),
    **screens("publications_coveragegap", CITY, CITY, CITY, CITY, CITY),
    **screens("publications_document", LIST, EVERYONE, OBJECT, DRAFT_DELETE, OBJECT),
    **screens("publications_checklistitem", CITY, CITY, CITY, SUPERUSER, CITY),
    **screens("publications_checklistlink", LIST, EVERYONE, OBJECT, OBJECT, OBJECT),
    **screens("opd_unit", LIST, CITY, VIEWED, SUPERUSER, OBJECT),
    **screens("opd_channel", LIST, EVERYONE, VIEWED, CITY, OBJECT),
    **screens("opd_user", CITY, CITY, CITY, SUPERUSER, CITY),
    **screens("opd_calendarday", CITY, CITY, CITY, CITY, CITY),
    "auth_user_password_change": CITY,
    "channels:overview": READ,
    "channels:add": EVERYONE,
    "channels:probe": Row(OBJECT.get, (LOGIN, 404, 302, 302, 302)),
    "channels:channel": Row(OBJECT.get, (LOGIN, 405, 405, 405, 405)),
    "channels:visit": Row((LOGIN, 405, 405, 405, 405), (LOGIN, 404, 302, 302, 302)),
    "channels:probe_again": Row((LOGIN, 405, 405, 405, 405), (LOGIN, 404, 302, 302, 302)),
    "channels:decide": Row((LOGIN, 405, 405, 405, 405), (LOGIN, 404, 404, 200, 200)),
    "links:send": EVERYONE,
    "links:file": EVERYONE,
    "links:example": READ,
    "links:shared": Row((LOGIN, 302, 302, 302, 302), READ.post),
    "verification:desk": CITY,
    "verification:next": Row((LOGIN, 404, 404, 405, 405), (LOGIN, 404, 404, 302, 302)),
    "verification:item": CITY,
    "rewards:overview": Row(EVERYONE.get, (LOGIN, 404, 404, 200, 200)),
    "rewards:propose": Row((LOGIN, 404, 404, 405, 405), (LOGIN, 404, 404, 302, 302)),
    "rewards:item": Row(OBJECT.get, (LOGIN, 404, 404, 200, 200)),
    "rewards:preview": Row(CITY.get, (LOGIN, 404, 404, 405, 405)),
    "requests_desk:queue": READ,
    "requests_desk:enter": CITY,
    "requests_desk:case": OBJECT,
    "requests_desk:services": Row(CITY.get, (LOGIN, 404, 404, 405, 405)),
    "requests_desk:service": CITY,
    "requests_desk:answers": Row(CITY.get, (LOGIN, 404, 404, 405, 405)),
    # No request of the table is answered; tests/requests_info/test_rights.py has one that is.
    "requests_desk:answer": NOBODY,
    "requests_desk:write_answer": NOBODY,
    "requests_desk:register": CITY,
    "requests_desk:report": Row(NOBODY.get, (LOGIN, 404, 404, 405, 405)),  # of a year without requests
    "requests_desk:handover": NOBODY,  # the table's case is not decided; tests/requests_info/test_rights.py has one
    "requests_desk:messages": CITY,
    # Pabean's people have the file because it was handed on to them.
    "requests_desk:file": Row(OBJECT.get, (LOGIN, 405, 405, 405, 405)),
    "requests_desk:person": CITY,
    "requests_desk:objection_person": CITY,
    "requests_desk:seen": CITY,
    "requests_desk:objections": Row(CITY.get, (LOGIN, 404, 404, 405, 405)),
    "requests_desk:enter_objection": CITY,
    "requests_desk:objection": CITY,
    "requests_desk:objection_bundle": Row(CITY.get, (LOGIN, 404, 404, 405, 405)),
    "second_factor:account": Row(EVERYONE.get, (LOGIN, 302, 302, 302, 302)),
    "second_factor:code": Row((LOGIN, 302, 302, 302, 302), (LOGIN, 302, 302, 302, 302)),
    "rebuttals:overview": READ,
    "rebuttals:make": same(LOGIN, 404, 200, 404, 200),
    "rebuttals:item": Row(OBJECT.get, (LOGIN, 404, 404, 200, 200)),
    # The method of the table is used: to look at only. What is written is in tests/rankings/test_method_admin.py.
    **screens("rankings_method", CITY, CITY, CITY_VIEWS, NOBODY, CITY),
    "rankings_method_activate": Row((LOGIN, 404, 404, 302, 302), CITY.post),
    "rankings_method_deactivate": CITY,
    **screens("rankings_rewardrule", CITY, CITY, CITY, SUPERUSER, CITY),
    **screens("rankings_ranking", CITY, NOBODY, CITY_VIEWS, NOBODY, CITY),
    "rankings_ranking_finalise": CITY,
    "rankings_ranking_revise": CITY,
    **screens("rankings_entry", CITY, NOBODY, CITY_VIEWS, NOBODY, CITY),
    **screens("rankings_evidence", CITY, NOBODY, CITY_VIEWS, NOBODY, CITY),
    **screens("correspondence_letter", LIST, NOBODY, VIEW_ONLY, NOBODY, OBJECT),
    "correspondence_letter_download": Row(OBJECT.get, (LOGIN, 404, 405, 405, 405)),
    "correspondence_letter_withdraw": CITY,
    **screens("correspondence_mail", CITY, NOBODY, CITY_VIEWS, NOBODY, CITY),
    **screens("correspondence_series", CITY, NOBODY, CITY, NOBODY, CITY),
    **screens("correspondence_letterkind", CITY, NOBODY, CITY, NOBODY, CITY),
    **screens("auth_group", SUPERUSER, SUPERUSER, SUPERUSER, SUPERUSER, SUPERUSER),
}


def walk(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern.url_patterns)
        else:
            yield pattern


def names() -> list[str]:
    """Names of all addresses of the workspace; those without one only redirect to a named one or answer 404."""
    return [pattern.name for pattern in walk(admin.site.get_urls()) if pattern.name] + [
        f"{resolver.app_name}:{pattern.name}"
        for resolver in get_resolver().url_patterns
        if str(resolver.pattern).startswith("admin/") and resolver.app_name != "admin"
        for pattern in walk(resolver.url_patterns)
    ]


@pytest.fixture
def city():
    class City:
        diskominfo = make_unit("diskominfo")
        pabean = make_unit("pabean", "kelurahan", name="Pabean")
        gerem = make_unit("gerem", "kelurahan", name="Gerem")

    City.people = {"operator": make_operator(City.pabean), "ppid_utama": make_ppid_utama(City.diskominfo)}
    City.people["superuser"] = make_superuser()
    City.rows = {side: rows_of(unit, side) for side, unit in (("own", City.pabean), ("foreign", City.gerem))}
    return City


def rows_of(unit, side) -> dict:
    """One row of every model, its texts marked so that a leak is seen."""
    mark = CANARY if side == "foreign" else "MILIK-PABEAN"
    activity = make_activity(unit, None, title=f"{mark} judul", text=f"{mark} uraian", place=f"{mark} tempat")
    channel = make_channel(unit, "instagram", handle=f"{mark}-akun", key=f"{mark}-akun".lower())
    operator = make_person(f"{mark}-operator".lower(), unit)
    publication = make_publication(activity, state="pending", origin="link", excerpt=mark)
    ranking = Ranking.objects.first() or make_ranking()
    item = ChecklistItem.objects.get_or_create(
        code="profil",
        defaults={"categories": ["kelurahan"], "info_class": "periodic", "title": "Profil", "legal_basis": "Pasal 9"},
    )[0]
    operator_of = make_person(f"{mark}-penyanggah".lower(), unit)
    letter = issue_letter(
        kind="reminder",
        unit=unit,
        subject=f"{mark} hal",
        template="letters/plain.typ",
        data={"paragraphs": [f"{mark} isi"]},
        actor=operator,
        on=date(2023, 2, 15),
    )
    proposal = {"unit": unit, "month": ranking.month, "ranking": ranking, "proposed_at": NOON}
    facts = {"category": unit.category, "months": ["2023-01"]}
    return {
        "rewardrule": RewardRule.objects.get(slug="pembinaan"),
        "undecided": Proposal.objects.create(
            **proposal, rule=RewardRule.objects.get(slug="pembinaan"), facts={"category": unit.category}
        ),
        "proposal": Proposal.objects.create(
            **proposal,
            rule=RewardRule.objects.get(slug="pengingat"),
            facts=facts,
            status="issued",
            letter=letter,
            decided_by=operator,
            decided_at=NOON,
            decision_reason=f"{mark} sebab",
        ),
        "request": request_for(unit, mark, operator),
        "objection": submit_periodic_objection(
            objector=Objector(f"{mark} nama", f"{mark} alamat"), unit=unit, text=f"{mark} keberatan", form_token=uuid4()
        ),
        "rebuttal": Rebuttal.objects.create(ranking=ranking, unit=unit, reason=mark, made_by=operator_of),
        "merge": ActivityMerge.objects.create(kept=activity, other=make_activity(unit, None, title=mark)),
        "probe": ChannelProbe.objects.create(
            unit=unit,
            channel=channel,
            kind="instagram",
            url=f"https://contoh.invalid/{mark}-akun",
            handle=f"{mark}-akun",
            key=channel.key,
            state="failed",
            error="auth",
            note=mark,
            done_at=NOON,
        ),
        "letter": letter,
        "letterkind": letter.kind,
        "series": letter.series,
        "mail": Mail.objects.create(
            key=side, to=f"{mark}@contoh.invalid", subject=f"{mark} perihal", text=f"{mark} isi"
        ),
        "method": ranking.method,
        "ranking": ranking,
        "entry": make_entry(ranking, unit),
        "evidence": Evidence.objects.create(
            ranking=ranking, unit=unit, publication=publication, counted_on=publication.counted_on, rule="pending"
        ),
        "activity": activity,
        "photo": Photo.objects.create(activity=activity, alt=f"{mark} foto", sizes=[[9, 9]] * 3),
        "publication": publication,
        "document": make_document(
            unit, None, title=f"{mark} judul", summary=f"{mark} uraian", producer=f"{mark} sebab"
        ),
        "checklistitem": item,
        "checklistlink": ChecklistLink.objects.create(
            unit=unit, item=item, url=f"https://contoh.invalid/{mark}-akun", dated_on=date(2023, 1, 1)
        ),
        "coveragegap": CoverageGap.objects.create(channel=channel, started_on=date(2023, 1, 1), reason=f"{mark} sebab"),
        "unit": unit,
        "channel": channel,
        "user": operator,
        "membership": Membership.objects.get(user=operator),
        "calendarday": CalendarDay.objects.create(
            day=date(2023, 1, 2 if side == "own" else 3), name=f"hari {side}", decree="1"
        ),
        "group": Group.objects.create(name=f"kelompok {side}"),
    }


def request_for(unit, mark, operator) -> InformationRequest:
    """A case that was forwarded to the unit."""
    asked = Asked(f"{mark} isi permohonan", f"{mark} tujuan", "citizen", f"{mark} nama", f"{mark} alamat")
    case = submit_request(asked=asked, form_token=uuid4())
    part = {"unit": unit, "created_by": operator, "due_on": case.due_on, "task": mark}
    assignment = Assignment.objects.create(information_request=case, **part)
    write_to_desk(
        request_id=case.pk, text=f"{mark} pesan", form_token=uuid4(), files=[Checked("csv", f"{mark},isi".encode())]
    )
    FileForward.objects.create(file=case.files.get(), assignment=assignment, by=operator)
    return case


def client_of(city, person) -> Client:
    client = Client(raise_request_exception=True)
    if person != "visitor":
        client.force_login(
            city.people["operator" if person in ("own", "foreign") else person], "opd.permissions.MembershipBackend"
        )
    return client


#: Ends of the names of addresses that are about one row.
OF_A_ROW = (
    *("_change", "_delete", "_history", "_finalise", "_revise"),
    *("_download", "_withdraw", "_activate", "_deactivate"),
)


OF_A_REQUEST = tuple(f"requests_desk:{name}" for name in ("case", "handover", "messages", "write_answer", "person"))


def address(name: str, rows: dict) -> str:
    if name == "auth_user_password_change":
        return reverse(f"admin:{name}", args=[rows["user"].pk])
    if name in OF_A_REQUEST:
        return reverse(name, args=[rows["request"].pk])
    if name == "requests_desk:file":
        return reverse(name, args=[rows["request"].pk, rows["request"].files.get().key])
    if name == "requests_desk:service":
        return reverse(name, args=["biaya"])
    if name == "requests_desk:answer":
        return reverse(name, args=[1])
    if name == "requests_desk:report":
        return reverse(name, args=[2001, "pdf"])
    if name in ("requests_desk:objection", "requests_desk:objection_bundle", "requests_desk:objection_person"):
        return reverse(name, args=[rows["objection"].pk])
    if name == "rebuttals:make":
        return reverse(name, args=[rows["ranking"].month_text, rows["unit"].slug])
    if name == "rebuttals:item":
        return reverse(name, args=[rows["rebuttal"].pk])
    if name in ("publications_activity_undo_merge", "publications_activity_split"):
        return reverse(f"admin:{name}", args=[rows["merge" if name.endswith("merge") else "publication"].pk])
    if name == "channels:probe":
        return reverse(name, args=[rows["probe"].pk])
    if name == "channels:decide":
        return reverse(name, args=[rows["channel"].pk, "tolak"])
    if name in ("channels:channel", "channels:visit", "channels:probe_again"):
        return reverse(name, args=[rows["channel"].pk])
    if name in ("rewards:item", "rewards:preview"):
        return reverse(name, args=[rows["proposal" if name == "rewards:item" else "undecided"].pk])
    if ":" in name:
        return reverse(name, args=[rows["publication"].pk] if name.endswith(":item") else [])
    model = name.split("_")[1] if "_" in name else ""
    if name.endswith(OF_A_ROW) and model in rows:
        return reverse(f"admin:{name}", args=[rows[model].pk])
    return reverse(f"admin:{name}")


def test_every_address_of_the_workspace_stands_in_the_table():
    missing = [name for name in names() if name not in TABLE and name != "app_list"]
    assert not missing, f"give these a row in TABLE: {missing}"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", PERSONS)
def test_each_address_answers_each_person_as_the_table_says(city, person, method):
    wrong = []
    client = client_of(city, person)
    rows = city.rows["foreign" if person == "foreign" else "own"]
    for name in sorted(names(), key=lambda name: name == "logout"):  # the last, for it ends the session
        if name == "app_list":
            continue
        expected = getattr(TABLE[name], method)[PERSONS.index(person)]
        response = getattr(client, method)(address(name, rows))
        if response.status_code != expected:
            wrong.append((name, expected, response.status_code))
        if person in ("own", "foreign") and CANARY.lower() in response.content.decode(errors="replace").lower():
            wrong.append((name, "tells of Gerem"))
    assert not wrong


@pytest.mark.parametrize("person", PERSONS)
def test_each_app_page(city, person):
    client = client_of(city, person)
    labels = {app["app_label"] for app in admin.site.get_app_list(_request_of(city.people["superuser"]))}
    for label in labels:
        response = client.get(f"/admin/{label}/")
        assert response.status_code == APPS[label].get[PERSONS.index(person)], label


def _request_of(user):
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def test_addresses_without_a_name_lead_nowhere_else(city):
    client = client_of(city, "foreign")
    activity = city.rows["foreign"]["activity"]
    for path in (
        f"/admin/publications/activity/{activity.pk}/",
        f"/admin/r/{_type_id(activity)}/{activity.pk}/",
        "/admin/nothing/here/",
    ):
        response = client.get(path, follow=True)
        assert response.status_code == 404, path
        assert CANARY.lower() not in str(response.redirect_chain).lower()


def _type_id(row) -> int:
    return ContentType.objects.get_for_model(row).pk


# --- what a table cannot say -----------------------------------------------------------------------------

LISTS = [
    "publications/activity/",
    "publications/publication/",
    "publications/document/",
    "publications/checklistlink/",
    "correspondence/letter/",
]
QUERIES = [
    "",
    f"q={CANARY}",
    "q=%00",
    "all=",
    "_popup=1",
    "_to_field=id",
    "_to_field=unit",
    "o=1.2.3.4",
    "p=2",
    "bulan=2023-01",
    "bulan=9999-12",
    "bulan=x",
    "status__exact=draft",
    "unit__slug=gerem",
    "unit__memberships__user__password__startswith=a",
    "title__startswith=" + CANARY,
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", LISTS)
def test_no_list_search_or_filter_tells_of_another_unit(city, path, query):
    response = client_of(city, "foreign").get(f"/admin/{path}?{query}", follow=True)
    assert response.status_code < 500
    body = response.content.decode()
    for word in ("judul", "uraian", "tempat", "foto", "sebab", "akun", "operator", "hal", "isi", "perihal"):
        assert f"{CANARY} {word}" not in body
        assert f"{CANARY}-{word}".lower() not in body.lower()


def test_forms_offer_no_foreign_choice(city):
    client = client_of(city, "own")
    own = city.rows["own"]["activity"]
    for path in ("activity/add/", f"activity/{own.pk}/change/", f"activity/{own.pk}/history/", "activity/"):
        body = client.get(f"/admin/publications/{path}").content.decode()
        assert "Gerem" not in body
        assert CANARY not in body


def form(**fields) -> dict:
    return {
        "title": "Senam sehat warga",
        "text": "",
        "photos-TOTAL_FORMS": "0",
        "photos-INITIAL_FORMS": "0",
        "photos-MIN_NUM_FORMS": "0",
        "photos-MAX_NUM_FORMS": "12",
        "_save": "1",
        **fields,
    }


def state(city) -> list:
    """All that belongs to Gerem, to compare before and after an attack."""
    return [
        list(Activity.objects.filter(unit=city.gerem).order_by("pk").values()),
        list(Photo.objects.filter(activity__unit=city.gerem).order_by("pk").values()),
        list(Publication.objects.filter(unit=city.gerem).order_by("pk").values()),
    ]


def test_state_time_and_unit_cannot_be_posted(city):
    client = client_of(city, "own")
    evil = {
        "unit": city.gerem.pk, "unit_id": city.gerem.pk, "status": "published", "published_at": "2020-01-01 00:00",
        "published_at_0": "2020-01-01", "published_at_1": "00:00", "is_sample": "on", "created_at": "2020-01-01",
        "withdrawn_reason": "x",
    }  # fmt: skip
    before = state(city)
    assert client.post("/admin/publications/activity/add/", form(**evil)).status_code == 302
    made = Activity.objects.get(title="Senam sehat warga")
    own = city.rows["own"]["activity"]
    assert client.post(f"/admin/publications/activity/{own.pk}/change/", form(title="Baru", **evil)).status_code == 302
    own.refresh_from_db()
    for activity in (made, own):
        assert (activity.unit, activity.status, activity.published_at) == (city.pabean, "draft", None)
        assert not activity.is_sample
    assert own.title == "Baru"
    assert state(city) == before


def test_an_operator_of_two_units_cannot_choose_a_third(city):
    Membership.objects.create(user=city.people["operator"], unit=city.diskominfo, role=Role.OPERATOR)
    client = client_of(city, "own")
    before = state(city)
    response = client.post("/admin/publications/activity/add/", form(unit=city.gerem.pk))
    assert response.status_code == 200
    assert "unit" in response.context["adminform"].form.errors
    assert "Gerem" not in client.get("/admin/publications/activity/add/").content.decode()
    assert state(city) == before
    assert client.post("/admin/publications/activity/add/", form(unit=city.diskominfo.pk)).status_code == 302


@pytest.mark.parametrize("extra", [{}, {"photos-0-DELETE": "on"}, {"photos-0-activity": "GEREM"}])
def test_a_foreign_photo_cannot_be_reached_through_the_own_form(city, extra):
    own, foreign = city.rows["own"]["activity"], city.rows["foreign"]
    extra = {key: foreign["activity"].pk if value == "GEREM" else value for key, value in extra.items()}
    fields = {
        "photos-TOTAL_FORMS": "1", "photos-INITIAL_FORMS": "1", "photos-0-id": foreign["photo"].pk,
        "photos-0-activity": own.pk, "photos-0-alt": "diambil alih", **extra,
    }  # fmt: skip
    before = state(city)
    response = client_of(city, "own").post(f"/admin/publications/activity/{own.pk}/change/", form(**fields))
    assert response.status_code in (200, 302)
    assert CANARY not in response.content.decode()
    assert state(city) == before
    assert not own.photos.filter(alt="diambil alih").exists()


@pytest.mark.parametrize("across", ["0", "1"])
@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("activity", "publish_selected"),
        ("activity", "withdraw_selected"),
        ("activity", "merge_selected"),
        ("activity", "delete_selected"),
        ("publication", "accept_selected"),
        ("publication", "reject_selected"),
    ],
)
def test_no_action_reaches_foreign_rows(city, path, action, across):
    row = city.rows["foreign"]["activity" if path == "activity" else "publication"]
    Activity.objects.filter(pk=city.rows["own"]["activity"].pk).update(title="Milik sendiri")
    before = state(city)
    fields = {"action": action, "_selected_action": [row.pk], "select_across": across, "index": "0"}
    for apply in ({}, {"apply": "1", "reason": "coba"}):
        response = client_of(city, "own").post(f"/admin/publications/{path}/", {**fields, **apply}, follow=True)
        assert response.status_code < 500
        assert CANARY not in response.content.decode()
    assert state(city) == before


def test_a_password_of_another_person_cannot_be_changed(city):
    other = city.rows["foreign"]["user"]
    client = client_of(city, "own")
    for path in (f"/admin/opd/user/{other.pk}/password/", f"/admin/auth/user/{other.pk}/password/"):
        assert client.post(path, {"password1": "x" * 20, "password2": "x" * 20}).status_code == 404
    stored = other.password
    other.refresh_from_db()
    assert other.password == stored
