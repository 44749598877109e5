"""Plain text as headings, lists and paragraphs, so that an officer needs no HTML and a page trusts none. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADING, ITEM = "## ", "- "


@dataclass(frozen=True)
class Block:
    """`kind` is `heading`, `list` or `paragraph`; `lines` are its items, or the one text of the others."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """`## ` begins a heading, `- ` an item of a list, an empty line ends a paragraph."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        found.extend(_part([line.strip() for line in part.splitlines() if line.strip()]))
    return found


def _part(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    for line in lines:
        kind, words = _kind(line)
        if found and found[-1].kind == kind == "list":
            found[-1] = Block("list", (*found[-1].lines, words))
        elif found and found[-1].kind == kind == "paragraph":
            found[-1] = Block("paragraph", (f"{found[-1].lines[0]} {words}",))
        else:
            found.append(Block(kind, (words,)))
    return found


def _kind(line: str) -> tuple[str, str]:
    if line.startswith(HEADING):
        return "heading", line.removeprefix(HEADING).strip()
    if line.startswith(ITEM):
        return "list", line.removeprefix(ITEM).strip()
    return "paragraph", line
