"""Dates as sites write them: the instant, or none, and on what it rests."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.harvest import dates
from publications.harvest.dates import DateReader, zone_of
from publications.models import Publication

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")

READ = [
    # as harvest sources were measured
    ("Tue, 24 Nov 2026 08:00:00 WIB", "2026-11-24T01:00:00", "offset"),
    ("Tue, 24 Nov 2026 08:00:00 WITA", "2026-11-24T00:00:00", "offset"),
    ("Tue, 24 Nov 2026 08:00:00 WIT", "2026-11-23T23:00:00", "offset"),
    ("2026-11-24 08:00:00", "2026-11-24T01:00:00", "channel_zone"),
    ("2026-11-24T08:00:00", "2026-11-24T01:00:00", "channel_zone"),
    ("Tue, 24 Nov 2026 08:00:00", "2026-11-24T01:00:00", "channel_zone"),
    ("Sel, 24 Nov 2026 08:00:00 +0700", "2026-11-24T01:00:00", "offset"),
    ("24/11/2026 08:00", "2026-11-24T01:00:00", "channel_zone"),
    ("24/11/2026", "2026-11-23T17:00:00", "date_only"),
    ("05/11/2026 08:00", "2026-11-05T01:00:00", "channel_zone"),
    ("24 Agt 2026 08.00", "2026-08-24T01:00:00", "channel_zone"),
    ("Jum'at, 20 November 2026 08:00 WIB", "2026-11-20T01:00:00", "offset"),
    ("Jum’at, 20 Nov 2026", "2026-11-19T17:00:00", "date_only"),
    ("Jumat, 20 Nopember 2026 pukul 08.00 WIB", "2026-11-20T01:00:00", "offset"),
    ("Minggu, 31 Mei 2026 | 23:59:59 WIB", "2026-05-31T16:59:59", "offset"),
    ("1 Pebruari 2026", "2026-01-31T17:00:00", "date_only"),
    ("Senin, 02 Februari 2026 | 10:00 WIB", "2026-02-02T03:00:00", "offset"),
    ("Rabu, 24-Agu-2026 10:00", "2026-08-24T03:00:00", "channel_zone"),
    ("Rab, 05 Aug 2026 07:00:00 +0000", "2026-08-05T07:00:00", "offset"),
    ("Jumat Kliwon, 2 Oktober 2026 10.00 WIB", "2026-10-02T03:00:00", "offset"),
    ("2 Oktober 2026 Pukul : 10.00 WIB", "2026-10-02T03:00:00", "offset"),
    ("Jumat, 2 Oktober 2026 — 10.00 WIB", "2026-10-02T03:00:00", "offset"),
    ("Diposting pada: 20 Desember 2025 10:00", "2025-12-20T03:00:00", "channel_zone"),
    ("Tanggal: 20 Desember 2025", "2025-12-19T17:00:00", "date_only"),
    ("06/11/26 14:30", "2026-11-06T07:30:00", "channel_zone"),
    ("06.11.26", "2026-11-05T17:00:00", "date_only"),
    ("24 Agt 26 08.00", "2026-08-24T01:00:00", "channel_zone"),
    ("Tue, 5 May 2026 19:00:00 Asia/Jakarta", "2026-05-05T12:00:00", "offset"),
    ("2026-05-05T19:00:00+08:00[Asia/Makassar]", "2026-05-05T11:00:00", "offset"),
    ("Sun, 10/04/2026 - 10:00", "2026-10-04T03:00:00", "channel_zone"),  # Drupal's: the weekday tells the order
    ("Sun, 10/25/2026 - 10:00", "2026-10-25T03:00:00", "channel_zone"),
    ("Min, 04/10/2026 - 10:00", "2026-10-04T03:00:00", "channel_zone"),
    ("Mon, 10/04/2026 - 10:00", "2026-04-10T03:00:00", "channel_zone"),  # it fits neither: day first
    # the usual ones
    ("Sun, 01 Nov 2026 00:00:00 +0700", "2026-10-31T17:00:00", "offset"),
    ("Sat, 31 Oct 2026 17:00:00 GMT", "2026-10-31T17:00:00", "offset"),
    ("Tue, 24 Nov 2026 01:00:00 -0000", "2026-11-24T01:00:00", "offset"),
    ("Tue, 24 Nov 26 01:00 UT", "2026-11-24T01:00:00", "offset"),
    ("Tue, 24 Nov 2026 02:00:00 CEST", "2026-11-24T00:00:00", "offset"),
    ("Tue, 24 Nov 2026 08:00:00 XYZ", "2026-11-24T01:00:00", "channel_zone"),
    ("Mon, 24 Nov 2026 08:00:00 +0700", "2026-11-24T01:00:00", "offset"),  # a wrong weekday is only a wrong word
    ("2026-11-24T08:00:00+07:00", "2026-11-24T01:00:00", "offset"),
    ("2026-11-24T08:00:00.123456+07:00", "2026-11-24T01:00:00", "offset"),
    ("2026-11-24T08:00+07", "2026-11-24T01:00:00", "offset"),
    ("2026-11-24T08:00:00-05:00", "2026-11-24T13:00:00", "offset"),
    ("2026-11-24t01:00:00z", "2026-11-24T01:00:00", "offset"),
    ("2026-11-24 01:00:00 UTC", "2026-11-24T01:00:00", "offset"),
    ("20261124T010000Z", "2026-11-24T01:00:00", "offset"),
    ("2023-11-02T20-59-53Z", "2023-11-02T20:59:53", "offset"),
    ("2026-11-24", "2026-11-23T17:00:00", "date_only"),
    ("Tue Nov 24 08:00:00 2026", "2026-11-24T01:00:00", "channel_zone"),
    ("Tue Nov 24 08:00:00 WIB 2026", "2026-11-24T01:00:00", "offset"),
    ("Tue Nov 24 2026 08:00:00 GMT+0700 (Western Indonesia Time)", "2026-11-24T01:00:00", "offset"),
    ("Tue, 24 Nov 2026 08:00:00 (WIB)", "2026-11-24T01:00:00", "offset"),
    ("Tue, 24 Nov 2026 08:00:00 +0700 (WIB)", "2026-11-24T01:00:00", "offset"),
    ("2026-11-24 08:00:00 +0700 WIB", "2026-11-24T01:00:00", "offset"),
    ("Tue, 24 Nov 2026 08:00:00 +0700 GMT", "2026-11-24T01:00:00", "offset"),
    ("Sat, 26 Jul 2008 11:37 -040", "2008-07-26T15:37:00", "offset"),
    ("24/Nov/2026:08:00:00 +0700", "2026-11-24T01:00:00", "offset"),
    ("24 Nov 2026 08:00 GMT+7", "2026-11-24T01:00:00", "offset"),
    ("November 24, 2026 8:00 pm", "2026-11-24T13:00:00", "channel_zone"),
    ("Nov 24, 2026 12:30 AM", "2026-11-23T17:30:00", "channel_zone"),
    ("24-Nov-2026", "2026-11-23T17:00:00", "date_only"),
    ("  Tue,\n 24 Nov 2026\t08:00:00 +0700 ", "2026-11-24T01:00:00", "offset"),
    ("08:00, 24 Nov 2026", "2026-11-24T01:00:00", "channel_zone"),  # only dateparser knows this order
    ("2005-01-01T00:00:00+07:00", "2004-12-31T17:00:00", "offset"),
    ("2026-11-25T11:59:00Z", "2026-11-25T11:59:00", "offset"),
]
REFUSED = [
    *["0000-00-00 00:00:00", "-0001-11-30T00:00:00Z", "2026-11-24T25:61:00Z", "2026-02-30", "30 Februari 2026 08:00"],
    *["Wed, 31 Sep 2026 00:00:00 GMT", "2026-13-01", "2026-11-24T24:00:00Z", "2026-11-24T23:59:60Z", "11/24/2026"],
    *["2004-12-31T23:59:59+07:00", "Thu, 01 Jan 1970 00:00:00 GMT", "2026-11-25T12:01:00Z", "9999-12-31", "24 Nov 69"],
    *["kemarin", "2 jam yang lalu", "hari ini", "kemarin 24 Nov 2026 08:00", "3 days ago", "tomorrow", "baru saja"],
    *["", " ", "Nov 2026", "2026-11", "2026", "08:00", "24 Nov", "24 Novembruary 2026", "tidak ada", "1795482000"],
    *["2026-11-24T08:00:00+99:00", "24 Nov 2026 13:00 pm", "²⁴ Nov 2026", "1" * 5000, "24 Nov 2026 " * 50],
]


@pytest.mark.parametrize(("text", "moment", "basis"), READ)
def test_a_date_names_one_instant(text, moment, basis):
    reading = DateReader(WIB, NOW).read(text)
    assert (reading.moment, reading.basis) == (datetime.fromisoformat(moment).replace(tzinfo=UTC), basis)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_possible_date_is_none_and_never_rolled_over(text):
    reading = DateReader(WIB, NOW).read(text)
    assert (reading.moment, reading.basis) == (None, "none")
    assert len(reading.raw) <= 100


def test_a_date_without_zone_is_the_channels():
    jayapura = DateReader(ZoneInfo("Asia/Jayapura"), NOW).read("2026-11-24 08:00")
    assert jayapura.moment == datetime(2026, 11, 23, 23, tzinfo=UTC)


def test_a_field_documented_as_gmt_is_read_as_gmt():
    reading = DateReader(WIB, NOW).read_gmt("2026-11-24T01:00:00")
    assert (reading.moment, reading.basis) == (datetime(2026, 11, 24, 1, tzinfo=UTC), "gmt_field")
    assert DateReader(WIB, NOW).read_gmt("0000-00-00T00:00:00").moment is None


def test_two_fields_seven_hours_apart_give_the_one_with_the_local_offset():
    reader = DateReader(WIB, NOW)
    for lie in ("2023-11-02T20-59-53Z", "Thu, 02 Nov 2023 20:59:53 GMT", "2023-11-02 20:59:53"):
        reading = reader.first([lie, "2023-11-02T20:59:53+07:00"])
        assert (reading.moment, reading.basis) == (datetime(2023, 11, 2, 13, 59, 53, tzinfo=UTC), "offset")
    edited = reader.first(["2023-11-02T20:59:53Z", "2023-11-05T08:00:00+07:00"])
    assert edited.moment == datetime(2023, 11, 2, 20, 59, 53, tzinfo=UTC)


def test_an_impossible_first_field_gives_way_to_a_possible_second():
    reading = DateReader(WIB, NOW).first(["0000-00-00 00:00:00", "2026-11-24T08:00:00+07:00"])
    assert reading.moment == datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.mark.parametrize("first", ["Sun, 05 Sep 2004 08:00:00 GMT", "2027-03-01T08:00:00+07:00"])
def test_a_real_day_out_of_range_is_not_replaced_by_the_last_change(first):
    """Else a posting of 2004, or one that is announced for next year, would count today."""
    reading = DateReader(WIB, NOW).first([first, "2026-11-24T08:00:00+07:00"])
    assert (reading.moment, reading.raw) == (None, first)


def test_a_zero_of_some_program_is_no_day():
    for zero in ("Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00", "1970-01-01T07:00:00+07:00"):
        reading = DateReader(WIB, NOW).first([zero, "2026-11-24T08:00:00+07:00"])
        assert reading.moment == datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_unreadable_dates_do_not_cost_the_file_its_time():
    reader = DateReader(WIB, NOW)
    assert all(reader.read(f"pada 2026 {number} aneh 12").moment is None for number in range(2000))
    assert reader._slow == 2000  # counted, but dateparser was asked at most SLOW_READINGS times


@given(st.integers(1136073600, 1795392000), st.integers(-12 * 4, 14 * 4))
def test_every_written_instant_is_read_back(seconds, quarters):
    naive = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    sign, hours, minutes = "-" if quarters < 0 else "+", abs(quarters) // 4, abs(quarters) % 4 * 15
    moment = datetime.fromisoformat(f"{naive.isoformat()}{sign}{hours:02}:{minutes:02}").astimezone(UTC)
    reader = DateReader(WIB, NOW)
    assert reader.read(f"{naive.isoformat()}{sign}{hours:02}:{minutes:02}").moment == moment
    assert reader.read(f"{naive:%a, %d %b %Y %H:%M:%S} {sign}{hours:02}{minutes:02}").moment == moment


@given(st.text(max_size=150))
def test_any_text_is_a_date_or_none(text):
    reading = DateReader(WIB, NOW).read(text)
    assert (reading.moment is None) == (reading.basis == "none")


def test_bases_are_those_of_the_model():
    bases = {dates.OFFSET, dates.GMT_FIELD, dates.CHANNEL_ZONE, dates.DATE_ONLY, dates.NONE}
    assert bases - set(Publication.DateBasis.values) <= {"gmt_field"}
    with pytest.raises(ValueError, match="15"):
        zone_of("+15:00")
