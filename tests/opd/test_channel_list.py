"""Channels from CSV: each row kept, held or refused with a reason; none verified."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from opd.channel_list import COLUMNS, load_channels
from opd.models import Channel
from opd.register import load_units
from tests.builders import NOON, make_channel, make_unit

DATA = Path(__file__).resolve().parents[2] / "opd" / "data"
pytestmark = pytest.mark.django_db


def write(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def row(**cells):
    return {
        "unit_slug": "dinkes",
        "kind": "instagram",
        "url": "@dinkes",
        "source_title": "Koran",
        "confidence": "medium",
        **cells,
    }


def load(tmp_path, *rows):
    return [
        (outcome.line, outcome.state, outcome.reason) for outcome in load_channels(write(tmp_path / "c.csv", *rows))
    ]


def test_shipped_rows_are_kept_held_or_refused_as_their_sources_allow():
    load_units(DATA / "units.csv")
    outcomes = load_channels(DATA / "channels.csv")
    assert Counter(outcome.state for outcome in outcomes) == {"kept": 20, "held": 7, "refused": 2}
    assert [outcome.text for outcome in outcomes if outcome.state == "refused"] == [
        "website https://dprdcilegon.org",
        "website https://damkarcilegon.com",
    ]
    assert all(outcome.reason for outcome in outcomes)
    assert not Channel.objects.filter(status="verified").exists()
    assert Channel.objects.filter(key="").count() == 7
    again = Counter(outcome.state for outcome in load_channels(DATA / "channels.csv"))
    assert again == {"unchanged": 20, "held": 7, "refused": 2}
    assert Channel.objects.count() == 29


def test_known_address_comes_in_unverified_with_source_and_remark(tmp_path):
    make_unit("dinkes")
    assert load(tmp_path, row(remark="Disebut di media.")) == [(2, "kept", "menunggu verifikasi")]
    channel = Channel.objects.get()
    assert (channel.key, channel.status, channel.source) == ("dinkes", "unverified", "Koran")
    assert channel.remark == "Keyakinan: sedang. Disebut di media."


def test_doubtful_address_is_kept_as_rejected_with_its_reason(tmp_path):
    make_unit("dinkes")
    (result,) = load(tmp_path, row(confidence="doubtful", remark="Tidak terbukti milik unit."))
    assert result == (2, "refused", "Keyakinan: diragukan. Tidak terbukti milik unit.")
    assert Channel.objects.get().status == "rejected"


@pytest.mark.parametrize("cells", [{"url": "", "confidence": "mentioned"}, {"kind": "facebook", "url": "Dinkes Kota"}])
def test_account_without_address_is_held_once_and_never_counts(tmp_path, cells):
    make_unit("dinkes")
    assert load(tmp_path, row(**cells))[0][1] == "held"
    assert load(tmp_path, row(**cells))[0][1] == "held"
    channel = Channel.objects.get()
    assert (channel.key, channel.url, channel.status) == ("", "", "unverified")


def test_decision_of_a_person_stays(tmp_path):
    unit = make_unit("dinkes")
    verified = make_channel(unit, key="dinkes", remark="Sudah dilihat")
    assert load(tmp_path, row(confidence="doubtful"))[0][1] == "unchanged"
    verified.refresh_from_db()
    assert (verified.status, verified.remark, verified.verified_at) == ("verified", "Sudah dilihat", NOON)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"unit_slug": "tidak-ada"}, "unit tidak-ada tidak ada di register"),
        ({"unit_slug": ""}, "unit - tidak ada"),
        ({"kind": "surat"}, "jenis “surat” tidak dikenal"),
        ({"confidence": "pasti"}, "keyakinan “pasti” tidak dikenal"),
        ({"kind": "website", "url": ""}, "situs web tanpa alamat"),
        ({"kind": "website", "url": "https://instagram.com/dinkes"}, "Instagram, bukan situs web"),
        ({"url": "@lain\x00"}, "karakter NUL pada kolom url"),
        ({"url": "@milik.lain"}, "sudah tercatat untuk rsud"),
    ],
)
def test_bad_row_is_refused_and_the_next_is_kept(tmp_path, cells, reason):
    make_unit("dinkes")
    make_channel(make_unit("rsud"), key="milik.lain")
    first, second = load(tmp_path, row(**cells), row(url="@dinkes.baik"))
    assert first[:2] == (2, "refused")
    assert reason in first[2]
    assert second == (3, "kept", "menunggu verifikasi")
