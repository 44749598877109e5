"""robots.txt by RFC 9309: which pages we may read. Feeds and APIs are made for programs; pages are not. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

MAX_LENGTH = 500_000
MAX_RULES = 2000


@dataclass(frozen=True)
class Robots:
    #: (pattern, is allowed) of the group that is meant for us.
    rules: tuple[tuple[str, bool], ...] = ()
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """The longest rule that fits decides; of equal ones the one that allows."""
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fitting = [(len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


def read_robots(text: str, agent: str) -> Robots:
    """The rules for `agent` (the name before the slash of our User-Agent), else those for everybody."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    names: list[str] = []
    sitemaps: list[str] = []
    is_new = True
    for line in text[:MAX_LENGTH].splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "sitemap":
            sitemaps.append(value)
        elif field == "user-agent":
            names = [value.lower()] if is_new else [*names, value.lower()]
            groups.setdefault(value.lower(), [])
            is_new = False
        elif field in ("allow", "disallow"):
            is_new = True
            for name in names if value else ():
                if len(groups[name]) < MAX_RULES:
                    groups[name].append((_normal(value), field == "allow"))
    return Robots(tuple(groups.get(agent.lower(), groups.get("*", []))), tuple(sitemaps[:50]))


def _normal(path: str) -> str:
    return quote(unquote(path), safe="/*$?=&:@!,;+'()~-._%")


def _fits(pattern: str, path: str) -> bool:
    """`*` is anything, `$` at the end is the end; without a regular expression, so that no pattern is slow."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    for piece in others[:-1] if is_whole and others else others:
        place = path.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    if not is_whole:
        return True
    return path.endswith(others[-1]) and len(path) - len(others[-1]) >= place if others else path == first
