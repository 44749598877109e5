"""Anybody can compute a month again from its file alone, and sees it when a file was tampered with."""

import json
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from publications.models import CoverageGap
from rankings.services import compute_month
from tests.builders import make_channel, make_counted, make_publication, make_unit

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
JANUARY = date(2023, 1, 1)


@pytest.fixture
def file_of_the_month(client, tmp_path) -> Path:
    """A month with uneven units: bursts over the daily limit, Sundays, gaps, ties, silence, every completeness."""
    chance = random.Random(15022023)
    for category in ("opd", "kelurahan"):
        for number in range(8):
            busy(make_unit(f"{category}-{number}", category=category), number * 6, chance)
    twins = [make_unit(f"kembar-{number}", category="bumd") for number in range(2)]
    for twin in twins:
        make_counted(twin, date(2023, 1, 10))
    CoverageGap.objects.create(
        channel=make_channel(twins[0], "instagram"), started_on=date(2023, 1, 5), reason="kanal tidak dapat dibaca"
    )
    compute_month(JANUARY)
    path = tmp_path / "2023-01.json"
    path.write_bytes(client.get("/peringkat/2023-01.json").content)
    return path


def busy(unit, activities: int, chance: random.Random) -> None:
    for _ in range(activities):
        day = JANUARY + timedelta(days=chance.randrange(31))
        happened_on = day if chance.random() < 0.5 else None
        text = "Uraian kegiatan. " * chance.choice([1, 20])
        kind = chance.choice(["website", "instagram", "facebook"])
        activity = make_counted(unit, day, chance.randrange(6, 20), kind, text=text, happened_on=happened_on)
        if chance.random() < 0.3:
            make_publication(activity, activity.published_at, "youtube", has_media=True)


def recompute(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(ROOT / "docs" / "recompute.py"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent)


def test_the_published_file_alone_gives_the_same_scores_and_ranks(file_of_the_month):
    data = json.loads(file_of_the_month.read_text())
    scores = [entry["score"] for part in data["categories"] for entry in part["entries"]]
    assert len(scores) == 19
    assert len(set(scores)) > 10
    result = recompute(file_of_the_month)
    assert (result.returncode, result.stdout) == (0, "Same counts, components, scores and ranks.\n"), result.stderr


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("score", lambda value: round(value + 0.0001, 4)),
        ("rank", lambda value: value + 1),
        ("volume", lambda value: round(value - 0.0001, 6)),
        ("consistency", lambda value: round(value - 0.0001, 6)),
        ("reach", lambda value: 1 - value / 2),
        ("completeness", lambda value: round(value + 0.0001, 6)),
        ("activities", lambda value: value + 1),
        ("max_activities", lambda value: value + 1),
        ("active_days", lambda value: value - 1),
        ("points", lambda value: [value[0], value[1] + 1, value[2], value[3]]),
        ("kinds_used", lambda value: value[:-1]),
    ],
)
def test_a_tampered_file_is_refused_and_names_the_unit(file_of_the_month, field, change):
    data = json.loads(file_of_the_month.read_text())
    entry = next(e for e in data["categories"][0]["entries"] if e["unit"]["slug"] == "opd-4")
    entry[field] = change(entry[field])
    file_of_the_month.write_text(json.dumps(data))
    result = recompute(file_of_the_month)
    assert result.returncode == 1
    assert "opd/opd-4: " in result.stdout, result.stderr


def test_the_script_needs_nothing_of_the_project():
    source = (ROOT / "docs" / "recompute.py").read_text()
    imported = [line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert set(imported) <= sys.stdlib_module_names | {"urllib.request"}
    assert len(source.splitlines()) <= 55
