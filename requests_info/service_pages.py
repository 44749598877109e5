"""The service pages as they stand now."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .blocks import Block, blocks
from .models import ServicePage, ServicePageRevision
from .periods import periods
from .service_texts import first_text

ANNOUNCING = re.compile(r"(?<=[.!?])\s[^.!?]*:$")


@dataclass(frozen=True)
class Shown:
    """A page with its text; `revision` is None while Diskominfo has not written one."""

    page: ServicePage
    text: str
    revision: ServicePageRevision | None

    @property
    def is_confirmed(self) -> bool:
        return self.revision is not None and self.revision.is_confirmed

    @property
    def number(self) -> int:
        return self.revision.number if self.revision else 0

    @property
    def blocks(self) -> list[Block]:
        return blocks(self.text)

    @property
    def beginning(self) -> str:
        """The first words, without a sentence that only announces a list."""
        first = next((block.lines[0] for block in self.blocks if block.kind != "heading"), "")
        return ANNOUNCING.sub("", first)


def shown(page: str) -> Shown:
    """Raises ValueError for a page that does not exist."""
    found = ServicePage(page)
    return _shown(found, ServicePageRevision.objects.filter(page=found).order_by("-number").first())


def all_shown() -> list[Shown]:
    newest = ServicePageRevision.objects.order_by("page", "-number").distinct("page")
    known = {revision.page: revision for revision in newest}
    return [_shown(page, known.get(page)) for page in ServicePage]


def _shown(page: ServicePage, revision: ServicePageRevision | None) -> Shown:
    return Shown(page, revision.text if revision else first_text(page, periods()), revision)
