import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opd.models import Channel, Unit
from publications.claimed_dates import DateRefusedError, parse_claim, parse_day
from publications.importing import ImportNotAllowedError, import_publications
from publications.models import Activity, Publication
from tests.builders import make_channel, make_unit
from tests.people import make_operator, make_ppid_utama

REAL_FILE = Path(__file__).parents[2] / "publications" / "data" / "press-coverage.csv"
COLUMNS = ["unit_slug", "channel_kind", "permalink", "published_at", "title"]
SITE = "https://gerem.cilegon.go.id"
GRAM = "https://www.instagram.com"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def write(path, rows, columns=COLUMNS):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def run(path, **options):
    outcomes = []
    report = import_publications(path, tell=outcomes.append, **options)
    assert report.rows == len(outcomes)
    return outcomes


def states(outcomes):
    return [(outcome.state, outcome.code) for outcome in outcomes]


@pytest.fixture
def gerem(db):
    unit = make_unit("kelurahan-gerem", name="Kelurahan Gerem", short_name="Gerem", aliases=["Grem"])
    make_channel(unit, "website", key="gerem.cilegon.go.id", url=SITE)
    make_channel(unit, "instagram", key="gerem", url="https://www.instagram.com/gerem/")
    return unit


def post(
    number=1,
    published_at="2023-01-10T08:00:00",
    title="Kerja bakti warga Gerem",
    unit="kelurahan-gerem",
    kind="website",
    link="",
):
    return [unit, kind, link or f"{SITE}/berita/{number}", published_at, title]


# --- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment", "basis"),
    [
        ("2023-01-31T23:59:59+07:00", "2023-01-31T16:59:59", "offset"),
        ("2023-01-31T16:59:59Z", "2023-01-31T16:59:59", "offset"),
        ("2023-02-01 00:00 WIB", "2023-01-31T17:00:00", "offset"),
        ("2023-02-01T00:00", "2023-01-31T17:00:00", "channel_zone"),
        ("2023-02-01", "2023-01-31T17:00:00", "date_only"),
        ("2026-11-24T12:14Z", "2026-11-24T12:14:00", "offset"),
    ],
)
def test_claimed_dates(text, moment, basis):
    claim = parse_claim(text, NOW)
    assert (claim.moment, claim.basis, claim.is_future) == (datetime.fromisoformat(moment + "+00:00"), basis, False)


def test_no_date_and_a_date_ahead():
    assert parse_claim(" ", NOW).basis == "none"
    assert parse_claim("2026-11-24T12:16Z", NOW).is_future


@pytest.mark.parametrize(
    "text",
    [
        *["0000-00-00", "0000-00-00 00:00:00", "2023-02-31", "2023-01-31T25:61:00Z", "2004-12-31", "2026-11-26"],
        *["kemarin", "31/01/2023", "2023-1-5", "-0001-11-30", "²⁰²³-01-01", "2023-01-01T00:00+99:00", "9999-12-31"],
    ],
)
def test_impossible_dates_are_refused(text):
    with pytest.raises(DateRefusedError, match="Tanggal"):
        parse_claim(text, NOW)


def test_day_of_the_event():
    assert parse_day("2023-01-31") == date(2023, 1, 31)
    assert parse_day("") is None
    for text in ("2023-02-31", "0000-00-00", "31-01-2023", "1999-01-01"):
        with pytest.raises(DateRefusedError):
            parse_day(text)


# --- a unit's own postings ------------------------------------------------------------------------------------------


def test_posting_of_a_verified_channel_is_accepted_and_becomes_an_activity(gerem, tmp_path):
    assert states(run(write(tmp_path / "a.csv", [post()]))) == [("kept", "own")]
    publication = Publication.objects.select_related("activity", "channel").get()
    assert (publication.state, publication.origin, publication.is_sample) == ("accepted", "import", False)
    assert publication.channel.kind == "website"
    assert (publication.flags, publication.date_basis) == (["backfill"], "channel_zone")
    assert publication.claimed_raw == "2023-01-10T08:00:00"
    assert publication.activity.published_at == publication.published_at
    assert (publication.activity.status, publication.activity.title) == ("published", "Kerja bakti warga Gerem")


def test_unit_is_found_by_an_unambiguous_name(gerem, tmp_path):
    assert states(run(write(tmp_path / "a.csv", [post(unit="Grem")]))) == [("kept", "own")]


def test_same_activity_on_two_channels_is_one_activity(gerem, tmp_path):
    rows = [
        post(1, "2023-01-11T08:00:00"),
        [
            "kelurahan-gerem",
            "instagram",
            "https://www.instagram.com/gerem/p/Abc1/",
            "2023-01-10",
            "Kerja bakti warga Gerem!",
        ],
        post(3, "2023-01-30"),
    ]
    run(write(tmp_path / "a.csv", rows))
    assert sorted(Counter(Publication.objects.values_list("activity", flat=True)).values()) == [1, 2]
    first = Activity.objects.order_by("published_at").first()
    assert first.published_at == datetime(2023, 1, 9, 17, tzinfo=UTC)
    run(write(tmp_path / "b.csv", [post(4, "2023-01-12")]))
    assert first.publications.count() == 3


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (post(title=""), ("held", "no_title")),
        (post(published_at=""), ("held", "no_date")),
        (post(unit=""), ("held", "unit_unclear")),
        (post(kind="website", link="https://lain.id/x"), ("held", "no_channel")),
        (
            ["kelurahan-gerem", "instagram", "https://instagram.com/p/A1/", "2023-01-10", "Judul"],
            ("held", "account_not_shown"),
        ),
        (post(kind="instagram", link=f"{SITE}/x"), ("refused", "kind_mismatch")),
        (
            ["kelurahan-gerem", "website", "https://x.com/a/status/1", "2023-01-10", "Judul"],
            ("refused", "kind_mismatch"),
        ),
        (post(kind="portal", link=f"{SITE}/x"), ("refused", "kind")),
        (post(kind="koran", link=f"{SITE}/x"), ("refused", "kind")),
        (post(unit="kelurahan-germ"), ("refused", "unit_unknown")),
        (post(published_at="2023-02-31"), ("refused", "date")),
        (post(kind="website", link="gerem"), ("refused", "permalink")),
        (post(title="x" * 301), ("refused", "title_long")),
        (post()[:4], ("refused", "columns")),
    ],
)
def test_every_row_ends_with_a_reason(gerem, tmp_path, row, expected):
    [outcome] = run(write(tmp_path / "a.csv", [row]))
    assert (outcome.state, outcome.code) == expected
    assert outcome.reason.endswith(".")
    assert outcome.line == 2
    assert Activity.objects.count() == 0
    assert list(Publication.objects.values_list("state", flat=True)) == (["pending"] if expected[0] == "held" else [])


def test_nearest_names_of_an_unknown_unit_are_told(gerem, tmp_path):
    make_unit("kecamatan-grem", "kecamatan", name="Kecamatan Grem", short_name="Grem")
    typo, ambiguous = run(write(tmp_path / "a.csv", [post(unit="kelurahan-germ"), post(unit="Grem")]))
    assert "kelurahan-gerem" in typo.reason
    assert "kecamatan-grem, kelurahan-gerem" in ambiguous.reason


def test_a_date_ahead_waits(gerem, tmp_path):
    soon = (timezone.now() + timedelta(hours=2)).isoformat(timespec="seconds")
    assert states(run(write(tmp_path / "a.csv", [post(published_at=soon)]))) == [("held", "future")]


def test_unverified_and_foreign_channels(gerem, tmp_path):
    other = make_unit("dinkes", name="Dinas Kesehatan", short_name="Dinkes")
    Channel.objects.filter(kind="website").update(status="unverified")
    assert states(run(write(tmp_path / "a.csv", [post(), post(2, unit=other.slug)]))) == [
        ("held", "channel_unverified"),
        ("refused", "foreign_channel"),
    ]


def test_address_of_another_unit_is_refused(gerem, tmp_path):
    other = make_unit("dinkes", name="Dinas Kesehatan", short_name="Dinkes")
    rows = [
        ["kelurahan-gerem", "news", "https://k.id/1", "", "A"],
        [other.slug, "news", "https://k.id/1?utm_source=x", "", "A"],
    ]
    assert states(run(write(tmp_path / "a.csv", rows))) == [("kept", "press"), ("refused", "other_unit")]


# --- vouching -------------------------------------------------------------------------------------------------------


def test_reviewer_vouches_for_channels_but_not_for_missing_facts(gerem, tmp_path):
    city = make_unit("diskominfo", name="Dinas Kominfo", short_name="Diskominfo")
    reviewer = make_ppid_utama(city)
    rows = [
        ["kelurahan-gerem", "instagram", "https://instagram.com/p/A1/", "2023-01-10", "Judul satu"],
        ["kelurahan-gerem", "website", "https://lain.id/x", "", "Judul dua"],
        ["diskominfo", "website", "https://lain.id/y", "2023-01-10", "Judul tiga"],
    ]
    outcomes = run(write(tmp_path / "a.csv", rows), vouched_by=reviewer)
    assert states(outcomes) == [("kept", "own"), ("held", "no_date"), ("held", "no_channel")]
    accepted = Publication.objects.accepted().get()
    assert (accepted.reviewed_by, bool(accepted.reviewed_at)) == (reviewer, True)
    assert reviewer.username in accepted.reason
    assert set(accepted.flags) == {"backfill", "account_not_shown"}


def test_operator_cannot_vouch(gerem, tmp_path):
    with pytest.raises(ImportNotAllowedError):
        run(write(tmp_path / "a.csv", [post()]), vouched_by=make_operator(gerem))
    assert Publication.objects.count() == 0


# --- repeating, size, dry run -----------------------------------------------------------------------------------------


def test_second_run_and_second_address_say_it_is_there(gerem, tmp_path):
    rows = [post(1), [*post(1)[:2], f"{SITE}/berita/1/amp?utm_source=wa", *post(1)[3:]]]
    path = write(tmp_path / "a.csv", rows)
    assert states(run(path)) == [("kept", "own"), ("unchanged", "duplicate")]
    assert states(run(path)) == [("unchanged", "duplicate")] * 2
    assert (Publication.objects.count(), Activity.objects.count()) == (1, 1)


def test_dry_run_reports_the_same_and_stores_nothing(gerem, tmp_path):
    path = write(tmp_path / "a.csv", [post(), post(2, title="")])
    tried = states(run(path, dry_run=True))
    assert Publication.objects.count() == Activity.objects.count() == 0
    assert states(run(path)) == tried


def test_queries_do_not_grow_with_the_rows_of_a_batch(gerem, tmp_path):
    def queries(first, count):
        rows = [
            post(first + n, f"2023-01-{n % 28 + 1:02}", f"Acara nomor {n} {'abcdefgh'[n % 8] * 9}")
            for n in range(count)
        ]
        path = write(tmp_path / "a.csv", rows)
        with CaptureQueriesContext(connection) as captured:
            assert len(run(path)) == count
        return len(captured)

    assert queries(1000, 2) == queries(2000, 400)


def test_rows_over_several_batches_all_arrive(gerem, tmp_path):
    rows = [["kelurahan-gerem", "news", f"https://k.id/{n}", "2023-01-10", f"Liputan {n}"] for n in range(1203)]
    assert states(run(write(tmp_path / "a.csv", rows))) == [("kept", "press")] * 1203
    assert Publication.objects.press().accepted().count() == 1203


# --- the real file ----------------------------------------------------------------------------------------------------


@pytest.fixture
def register(db):
    call_command("load_register", verbosity=0)


def test_every_row_of_the_real_file_is_accounted_for(register):
    outcomes = run(REAL_FILE)
    assert len(outcomes) == 131
    assert Counter(states(outcomes)) == {
        ("kept", "press"): 45,
        ("held", "no_title"): 81,
        ("held", "unit_unclear"): 4,
        ("refused", "same_article"): 1,
    }
    assert Activity.objects.count() == 0
    assert Publication.objects.own().accepted().count() == 0


def test_real_file_twice_adds_nothing(register):
    run(REAL_FILE)
    stored = Publication.objects.count()
    again = Counter(outcome.state for outcome in run(REAL_FILE))
    assert again == {"unchanged": stored, "refused": 131 - stored}
    assert Publication.objects.count() == stored


def test_real_rows_say_what_is_odd_about_them(register):
    outcomes = {outcome.permalink: outcome for outcome in run(REAL_FILE)}
    rows = {row.permalink: row for row in Publication.objects.all()}

    def one(part):
        [permalink] = [link for link in outcomes if part in link]
        return outcomes[permalink], rows.get(permalink)

    second_address, missing = one("bantensiber.com/?p=18509")
    assert (second_address.code, missing) == ("same_article", None)
    assert "banpos.co/2022/02/03" in second_address.reason
    _held, paid = one("biz.kompas.com")
    assert paid.flags == ["advertorial"]
    _kept, weekday = one("pokmas-kelurahan-sukmajaya")
    assert {"mentioned", "date_doubtful"} <= set(weekday.flags)
    assert weekday.happened_on == date(2024, 7, 23)
    _kept, planned = one("o2sn-sd-smp")
    assert planned.happened_on is None
    held, hint = one("baru-5-kelurahan")
    assert (held.code, hint.title) == ("no_title", "")
    held, unclear = one("Job-Fair-Cilegon")
    assert (held.code, unclear.unit) == ("unit_unclear", None)
    assert not Unit.objects.filter(publications__state="accepted", publications__kind="website").exists()
