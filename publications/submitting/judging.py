"""What a link sent by staff is: a posting on a verified channel of their own unit that waits for a reviewer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import first_of_month
from opd.models import Channel, User
from publications.claimed_dates import Claim, DateRefusedError, parse_claim
from publications.import_judging import Draft, PostingRefusedError
from publications.lateness import late_flags, limit_on
from publications.links import Link, match_among
from publications.models import Publication
from publications.permalinks import PermalinkError, canonical_key

RIGHT = "publications.add_publication"
TITLE_LENGTH = 300
#: As spreadsheets here write a day: 24/11/2026, 24-11-2026 08.00.
_LOCAL_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:[ T](\d{1,2})[.:](\d{2}))?", re.ASCII)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class LinkJudge:
    """Judges the links of one person; `channels` are those of the units for which they may send. One query a month."""

    def __init__(self, actor: User, channels: Sequence[Channel], now: datetime) -> None:
        self._actor, self._channels, self._now = actor, channels, now
        self._limits: dict[date, timedelta] = {}

    def judge(self, line: int, cells: Mapping[str, str] | None) -> Draft:
        """PostingRefusedError with the reason for what may not be recorded."""
        if cells is None:
            raise PostingRefusedError("columns", _("Jumlah kolom tidak sama dengan kepala tabel."))
        link = self._link(cells["permalink"].strip())
        if link.channel is None:
            raise PostingRefusedError("link", link.problem)
        claim, title = self._claim(cells.get("published_at", "")), one_line(cells.get("title", ""))
        if len(title) > TITLE_LENGTH:
            raise PostingRefusedError("title_long", _("Judul lebih dari 300 huruf."))
        waits = _("Menunggu verifikasi Diskominfo.")
        return Draft(line, self._publication(link, claim, title, cells), {"link": waits}, "sent", waits)

    def _link(self, url: str) -> Link:
        try:
            return match_among(self._channels, url, canonical_key(url))
        except PermalinkError as error:
            raise PostingRefusedError("permalink", str(error)) from None

    def _claim(self, text: str) -> Claim:
        try:
            claim = parse_claim(iso_day(text), self._now)
        except DateRefusedError as error:
            raise PostingRefusedError("date", str(error)) from None
        if claim.is_future:
            raise PostingRefusedError("future", _("Waktu terbit tautan ini masih di masa depan."))
        return claim

    def _limit(self, day: date) -> timedelta:
        """How late a posting may be seen, asked once a month."""
        month = first_of_month(day)
        if month not in self._limits:
            self._limits[month] = limit_on(day)
        return self._limits[month]

    def _publication(self, link: Link, claim: Claim, title: str, cells: Mapping[str, str]) -> Publication:
        channel, moment = link.channel, claim.moment
        assert channel is not None  # noqa: S101  (judged before)
        date_flags = late_flags(moment, self._now, self._limit) if moment else ["no_claimed_date"]
        return Publication(
            unit=channel.unit, channel=channel, kind=channel.kind, permalink=link.permalink,
            permalink_key=link.key, title=title, published_at=moment or self._now, date_basis=claim.basis,
            claimed_raw=cells.get("published_at", "").strip()[:100], first_seen_at=self._now,
            origin=Publication.Origin.LINK, state=Publication.State.PENDING, flags=[*link.flags, *date_flags],
            submitted_by=self._actor,
        )  # fmt: skip


def iso_day(text: str) -> str:
    """24/11/2026 as 2026-11-24; anything else as it is."""
    text = text.strip()
    match = _LOCAL_DAY.fullmatch(text)
    if match is None:
        return text
    day, month, year, hour, minute = match.groups()
    clock = f"T{int(hour):02}:{minute}" if hour else ""
    return f"{year}-{int(month):02}-{int(day):02}{clock}"


def one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())
