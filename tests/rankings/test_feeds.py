"""The Atom feed and the calendar of the months, and every feed of the portal before RFC 4287's own schema."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from lxml import etree

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import CalendarDay
from rankings import month_calendar
from rankings.models import Ranking
from tests.atom import ATOM, errors_of
from tests.builders import make_activity, make_document, make_entry, make_final, make_ranking, make_unit

pytestmark = pytest.mark.django_db
FEED = "/peringkat/atom.xml"
TODAY = date(2023, 2, 20)
HOSTILE = 'Kel. <script>alert(1)</script> ]]> & "kutip" \x07\ufffe'


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://kip.contoh.invalid:8443"


def feed_of(client):
    response = client.get(FEED)
    assert response.status_code == 200
    assert errors_of(response.content) == []
    return etree.fromstring(response.content)


def entries(feed):
    return [
        (
            entry.findtext(f"{ATOM}title"),
            entry.findtext(f"{ATOM}id").partition("peringkat/")[2],
            entry.find(f"{ATOM}link").get("href").partition(":8443")[2],
        )
        for entry in feed.iter(f"{ATOM}entry")
    ]


# --- the validator itself -----------------------------------------------------------------------------

VALID = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title><id>urn:x</id><updated>2023-01-01T00:00:00Z</updated>
<author><name>n</name></author><entry><title>b</title><id>urn:y</id><updated>2023-01-01T00:00:00+07:00</updated>
<link href="https://a.invalid/"/></entry></feed>"""


def test_schema_accepts_what_is_valid():
    assert errors_of(VALID) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<id>urn:y</id>", b""),
        (b"<id>urn:y</id>", b"<id>urn:y</id><id>urn:z</id>"),
        (b"T00:00:00Z", b""),
        (b"<name>n</name>", b""),
        (b"<author><name>n</name></author>", b""),
        (b'<link href="https://a.invalid/"/>', b""),
        (b"<title>b</title>", b"<title type='markdown'>b</title>"),
        (b"<link href", b"<link address"),
        (b"</entry>", b"<pubDate>x</pubDate></entry>"),
    ],
)
def test_schema_refuses_what_is_not(old, new):
    broken = VALID.replace(old, new, 1)
    assert broken != VALID
    assert errors_of(broken)


@pytest.mark.parametrize(
    "address",
    [
        FEED,
        "/informasi/atom.xml",
        "/kegiatan/atom.xml",
        "/unit/dinkes/atom.xml",
        "/kegiatan/atom.xml?q=lomba&unit=dinkes",
    ],
)
@pytest.mark.parametrize("has_rows", [False, True])
def test_every_feed_is_valid(client, address, has_rows):
    unit = make_unit("dinkes", name=HOSTILE)
    if has_rows:
        make_activity(unit, title=f"Lomba {HOSTILE}", text=HOSTILE, theme="kesehatan", is_sample=True)
        make_activity(unit, title="Lomba", text="")
        make_document(unit, title=f"Laporan {HOSTILE}", summary=HOSTILE)
        make_entry(make_ranking(is_sample=True), unit, 1)
        make_final()
    response = client.get(address)
    assert response.status_code == 200
    assert errors_of(response.content) == []
    assert (b"<entry>" in response.content) == has_rows


# --- Atom ---------------------------------------------------------------------------------------------


def test_feed_tells_of_drafts_finals_and_revisions(client):
    unit = make_unit("dinkes", name="Dinas Kesehatan")
    january = make_ranking(computed_at=datetime(2023, 2, 1, tzinfo=JAKARTA), objection_until=date(2023, 2, 8))
    make_entry(january, unit, 1)
    make_entry(january, make_unit(), None)
    Ranking.objects.filter(pk=january.pk).update(status="final", finalised_at=datetime(2023, 2, 10, 9, tzinfo=JAKARTA))
    revision = make_ranking(revision=2, computed_at=datetime(2023, 3, 5, tzinfo=JAKARTA))
    make_entry(revision, unit, 1)
    make_ranking(date(2023, 2, 1), computed_at=datetime(2023, 3, 1, tzinfo=JAKARTA))
    make_ranking(date(2023, 3, 1), status="provisional")
    feed = feed_of(client)
    assert entries(feed) == [
        ("Rancangan revisi 2 peringkat Januari 2023", "2023-01/revisi/2/rancangan", "/peringkat/2023-01/"),
        ("Rancangan peringkat Februari 2023", "2023-02/revisi/1/rancangan", "/peringkat/2023-02/"),
        ("Peringkat Januari 2023 final", "2023-01/revisi/1/final", "/peringkat/2023-01/?revisi=1"),
        ("Rancangan peringkat Januari 2023", "2023-01/revisi/1/rancangan", "/peringkat/2023-01/?revisi=1"),
    ]
    assert feed.findtext(f"{ATOM}updated") == "2023-03-05T00:00:00+07:00"
    summaries = [entry.findtext(f"{ATOM}summary") for entry in feed.iter(f"{ATOM}entry")]
    assert "Satu publikasi keliru dihitung." in summaries[0]
    assert summaries[3] == (
        "Sanggahan unit diterima sampai 8 Februari 2023. 1 dari 2 unit diperingkat. Teratas: OPD: Dinas Kesehatan."
    )


def test_ids_stay_when_a_draft_is_computed_again_and_becomes_final(client):
    make_entry(make_ranking(), make_unit(), 1)
    before = {one[1] for one in entries(feed_of(client))}
    Ranking.objects.update(computed_at=datetime(2023, 2, 3, tzinfo=JAKARTA))
    make_final()
    assert {one[1] for one in entries(feed_of(client))} == before | {"2023-01/revisi/1/final"}


def test_sample_months_are_labelled_in_the_feed(client):
    make_ranking(is_sample=True)
    feed = feed_of(client)
    assert entries(feed)[0][0] == "[Data contoh] Rancangan peringkat Januari 2023"
    assert "data contoh" in [category.get("term") for category in feed.iter(f"{ATOM}category")]


def test_unchanged_feed_is_not_sent_again(client):
    make_ranking()
    first = client.get(FEED)
    assert client.get(FEED, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.head(FEED)["ETag"] == first["ETag"]
    make_final()
    assert client.get(FEED, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", [FEED, "/peringkat/kalender.ics"])
def test_queries_do_not_grow_with_months_and_units(client, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    make_entry(make_ranking(), make_unit(), 1)
    few = queries()
    for number in range(1, 13):
        ranking = make_ranking(date(2022, number, 1))
        for category in ("opd", "bumd", "kecamatan"):
            make_entry(ranking, make_unit(category=category), 1)
    assert queries() == few <= 4


# --- calendar -----------------------------------------------------------------------------------------


def events_of(content: bytes):
    return {str(event["UID"]).partition("@")[0]: event for event in Calendar.from_ical(content).walk("VEVENT")}


def test_calendar_holds_the_dates_that_happened():
    make_ranking(
        objection_until=date(2023, 2, 8),
        computed_at=datetime(2023, 2, 1, 0, 30, tzinfo=JAKARTA),
        status="final",
        finalised_at=datetime(2023, 2, 10, 9, 15, tzinfo=JAKARTA),
    )
    events = events_of(month_calendar.as_ics(TODAY))
    days = {stage: events[f"peringkat-2023-01-revisi-1-{stage}"] for stage in ("rancangan", "sanggahan", "final")}
    assert {stage: event.decoded("DTSTART") for stage, event in days.items()} == {
        "rancangan": date(2023, 2, 1),
        "sanggahan": date(2023, 2, 8),
        "final": date(2023, 2, 10),
    }
    final = days["final"]
    assert str(final["SUMMARY"]) == "Peringkat Januari 2023 final"
    assert (int(final["SEQUENCE"]), str(final["STATUS"]), str(final["TRANSP"])) == (2, "CONFIRMED", "TRANSPARENT")
    assert final.decoded("DTSTAMP") == datetime(2023, 2, 10, 2, 15, tzinfo=UTC)
    assert str(final["URL"]) == "https://kip.contoh.invalid:8443/peringkat/2023-01/"
    assert str(final["UID"]).endswith("@kip.contoh.invalid")


def test_calendar_foresees_months_by_the_rules():
    """1 March 2023 is a Wednesday: five working days after it end on 8 March."""
    events = events_of(month_calendar.as_ics(TODAY))
    draft, until, final = (
        events[f"peringkat-2023-02-revisi-1-{stage}"] for stage in ("rancangan", "sanggahan", "final")
    )
    assert [event.decoded("DTSTART") for event in (draft, until, final)] == [
        date(2023, 3, 1),
        date(2023, 3, 8),
        date(2023, 3, 9),
    ]
    assert {(str(event["STATUS"]), int(event["SEQUENCE"])) for event in (draft, until, final)} == {("TENTATIVE", 0)}
    assert sorted({uid[10:17] for uid in events}) == ["2023-01", "2023-02", "2023-03", "2023-04", "2023-05"]


def test_calendar_passes_over_days_off_also_those_of_a_decree():
    CalendarDay.objects.create(day=date(2023, 3, 6), name="Cuti daerah", decree="1/2023")
    assert events_of(month_calendar.as_ics(TODAY))["peringkat-2023-02-revisi-1-sanggahan"].decoded("DTSTART") == date(
        2023, 3, 9
    )


def test_waiting_days_of_the_portal_move_the_final_date(settings):
    settings.FINALISE_AFTER_DAYS = 3
    final = events_of(month_calendar.as_ics(TODAY))["peringkat-2023-02-revisi-1-final"]
    assert final.decoded("DTSTART") == date(2023, 3, 14)


def test_event_keeps_its_uid_and_its_sequence_grows():
    uid = "peringkat-2023-02-revisi-1-final"
    seen = [events_of(month_calendar.as_ics(TODAY))[uid]]
    make_ranking(date(2023, 2, 1), objection_until=date(2023, 3, 8))
    seen.append(events_of(month_calendar.as_ics(date(2023, 3, 2)))[uid])
    make_final(date(2023, 2, 1))
    seen.append(events_of(month_calendar.as_ics(date(2023, 3, 2)))[uid])
    assert [int(event["SEQUENCE"]) for event in seen] == [0, 1, 2]
    assert [str(event["STATUS"]) for event in seen] == ["TENTATIVE", "TENTATIVE", "CONFIRMED"]


@pytest.mark.parametrize(
    ("computed_at", "until", "expected"),
    [
        (datetime(2023, 2, 20, 1, tzinfo=JAKARTA), date(2023, 2, 8), date(2023, 2, 1)),  # computed again later
        (datetime(2023, 2, 20, 1, tzinfo=JAKARTA), date(2023, 2, 27), date(2023, 2, 20)),  # a late draft
        (datetime(2023, 3, 20, 1, tzinfo=JAKARTA), date(2023, 2, 28), date(2023, 2, 21)),  # late, and computed again
        (datetime(2023, 2, 3, 1, tzinfo=JAKARTA), None, date(2023, 2, 3)),
    ],
)
def test_day_of_the_draft_fits_its_objection_window(computed_at, until, expected):
    make_ranking(computed_at=computed_at, objection_until=until)
    draft = events_of(month_calendar.as_ics(date(2023, 4, 2)))["peringkat-2023-01-revisi-1-rancangan"]
    assert draft.decoded("DTSTART") == expected


def test_a_revision_has_events_of_its_own():
    make_ranking(revision=2, objection_until=date(2023, 3, 10), is_sample=True)
    events = events_of(month_calendar.as_ics(TODAY))
    assert str(events["peringkat-2023-01-revisi-2-sanggahan"]["SUMMARY"]) == (
        "[Data contoh] Hari terakhir sanggahan peringkat Januari 2023 (revisi 2)"
    )
    assert "peringkat-2023-01-revisi-1-rancangan" in events


def test_lines_are_folded_and_end_as_rfc_5545_says(settings):
    settings.CITY_NAME = "Kota Cilegon, Banten; “é” " * 6
    make_ranking(objection_until=date(2023, 2, 8))
    content = month_calendar.as_ics(TODAY)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    content.decode()  # no character is cut in two
    name = str(Calendar.from_ical(content)["NAME"])
    assert name == f"Peringkat keaktifan {settings.CITY_NAME}"
    uids = [str(event["UID"]) for event in Calendar.from_ical(content).walk("VEVENT")]
    assert len(uids) == len(set(uids))
    for event in Calendar.from_ical(content).walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"} <= set(event)


def test_calendar_does_not_change_by_itself():
    make_ranking(objection_until=date(2023, 2, 8))
    assert month_calendar.as_ics(TODAY) == month_calendar.as_ics(TODAY)


def test_calendar_is_served_as_one(client):
    response = client.get("/peringkat/kalender.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert events_of(response.content)
    assert client.get("/peringkat/kalender.ics", headers={"if-none-match": response["ETag"]}).status_code == 304
