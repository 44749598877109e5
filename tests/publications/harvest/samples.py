"""Reading one feed in a test: the zone and the time of fetching are fixed."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from publications.harvest.feeds import Feed, parse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WIB = ZoneInfo("Asia/Jakarta")
FILES = Path(__file__).parent / "files"


def read(body: bytes | str, content_type: str = "", base: str = "") -> Feed:
    return parse(body.encode() if isinstance(body, str) else body, content_type, base, WIB, NOW)


def read_file(name: str, base: str = "") -> Feed:
    return read((FILES / name).read_bytes(), base=base)


def rss(*items: str, head: str = "") -> str:
    return f'<rss version="2.0"><channel><title>Situs</title>{head}{"".join(items)}</channel></rss>'


def told(feed: Feed) -> list[tuple[str, str, str, str | None, str]]:
    """Identity, link, title, instant and basis of each item."""
    return [
        (
            item.source_id,
            item.permalink,
            item.title,
            f"{item.claimed_at:%Y-%m-%dT%H:%M:%SZ}" if item.claimed_at else None,
            item.date_basis,
        )
        for item in feed.items
    ]
