"""What a row of the import is: an accepted publication, one that is held and why, or none. Nothing is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from opd.csv_rows import RowRefusedError
from opd.models import Channel, Unit, User
from opd.permissions import unit_ids_of
from opd.platforms import kind_of_host

from .claimed_dates import DateRefusedError, parse_claim, parse_day
from .import_file import ChannelFinder, UnitFinder, plain
from .models import Publication, PublicationKind
from .permalinks import PermalinkError, canonical_key, host_of

ADVERTORIAL = re.compile(r"\badvertorial\b|\(adv\)", re.IGNORECASE)
DOUBTFUL = re.compile(r"date is wrong|\bslip\b|in doubt|but \d+ \w+ \d{4} was a", re.IGNORECASE)
IMPORTABLE = [value for value in PublicationKind.values if value != PublicationKind.PORTAL]


class PostingRefusedError(RowRefusedError):
    """A row is no posting that may be recorded; reports count by `code`."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass
class Draft:
    """A row that can be stored: the publication, and why it is held (empty: it is accepted)."""

    line: int
    publication: Publication
    held: dict[str, str] = field(default_factory=dict)
    code: str = "kept"
    reason: str = ""


class Judge:
    """Says of a row what it is. Knows the register; asks the database nothing more."""

    def __init__(self, now: datetime, vouched_by: User | None) -> None:
        self.now, self.vouched_by = now, vouched_by
        self.units, self.channels = UnitFinder(), ChannelFinder()
        self._own_units = unit_ids_of(vouched_by) if vouched_by is not None else set()
        self._articles: dict[tuple[str, int, str], str] = {}

    def judge(self, line: int, cells: dict[str, str] | None) -> Draft:
        if cells is None:
            raise PostingRefusedError("columns", _("Jumlah kolom tidak sama dengan kepala tabel."))
        cells = {name: "".join(c for c in value if c >= " " or c in "\n\t") for name, value in cells.items()}
        draft = Draft(line, self._publication(cells))
        if draft.publication.kind == PublicationKind.NEWS:
            self._judge_press(draft, cells)
        else:
            self._judge_own(draft)
        publication = draft.publication
        publication.state = Publication.State.PENDING if draft.held else Publication.State.ACCEPTED
        if draft.held:
            draft.code, draft.reason = next(iter(draft.held)), " ".join(draft.held.values())
            publication.reason = draft.reason[:500]
            publication.flags.extend(code for code in draft.held if code not in publication.flags)
        return draft

    def _publication(self, cells: dict[str, str]) -> Publication:
        kind, permalink = cells["channel_kind"].lower(), cells["permalink"]
        if kind not in IMPORTABLE:
            raise PostingRefusedError(
                "kind",
                _("Jenis kanal “%(kind)s” tidak dikenal. Pilihan: %(kinds)s.")
                % {"kind": kind[:40], "kinds": ", ".join(IMPORTABLE)},
            )
        try:
            key, publisher = canonical_key(permalink), cells.get("publisher") or host_of(permalink)
        except PermalinkError as error:
            raise PostingRefusedError("permalink", str(error)) from None
        try:
            claim = parse_claim(cells["published_at"], self.now)
            happened_on = parse_day(cells.get("happened_on", ""))
        except DateRefusedError as error:
            raise PostingRefusedError("date", str(error)) from None
        title = " ".join(cells["title"].split())
        if len(title) > 300:
            raise PostingRefusedError("title_long", _("Judul lebih dari 300 huruf."))
        is_event = cells.get("happened_basis", "event") in ("event", "")
        return Publication(
            unit=self._unit(cells["unit_slug"]),
            kind=kind,
            permalink=permalink,
            permalink_key=key,
            title=title,
            publisher=publisher[:200],
            happened_on=happened_on if is_event else None,
            published_at=claim.moment,
            claimed_raw=(cells["published_at"] or cells.get("published_month", ""))[:100],
            date_basis=claim.basis,
            first_seen_at=self.now,
            origin=Publication.Origin.IMPORT,
            submitted_by=self.vouched_by,
            flags=["future"] if claim.is_future else [],
        )

    def _unit(self, text: str) -> Unit | None:
        if not text:
            return None
        unit = self.units.find(text)
        if unit is None:
            near = ", ".join(self.units.nearest(text)) or _("tidak ada")
            raise PostingRefusedError(
                "unit_unknown",
                _("Unit “%(text)s” tidak dikenal atau tidak jelas. Yang mendekati: %(near)s.")
                % {"text": text[:80], "near": near},
            )
        return unit

    def _judge_press(self, draft: Draft, cells: dict[str, str]) -> None:
        publication, role, note = draft.publication, cells.get("unit_role", ""), cells.get("note", "")
        self._refuse_second_address(draft, cells.get("event_group", ""))
        self._hold_common(draft)
        if role == "unclear":
            draft.held["unit_unclear"] = _("Belum jelas liputan ini tentang unit mana.")
        if role == "mentioned":
            publication.flags.append("mentioned")
        if publication.published_at is None:
            publication.flags.append("no_date")
        if DOUBTFUL.search(note):
            publication.flags.append("date_doubtful")
        if ADVERTORIAL.search(note):
            publication.flags.append("advertorial")
        draft.code, draft.reason = "press", _("Disimpan sebagai liputan media; tidak dihitung.")

    def _refuse_second_address(self, draft: Draft, group: str) -> None:
        """One article under several addresses: same group, same unit, same headline."""
        publication = draft.publication
        if not group or not publication.title or publication.unit_id is None:
            return
        article = (group, publication.unit_id, plain(publication.title))
        first = self._articles.setdefault(article, publication.permalink)
        if canonical_key(first) != publication.permalink_key:
            raise PostingRefusedError(
                "same_article", _("Artikel yang sama sudah ada dengan alamat %(first)s.") % {"first": first}
            )

    def _hold_common(self, draft: Draft) -> None:
        if draft.publication.unit is None:
            draft.held["unit_unclear"] = _("Unit belum disebut.")
        if not draft.publication.title:
            draft.held["no_title"] = _("Judul belum diketahui, jadi belum ada yang dapat ditampilkan.")
        if "future" in draft.publication.flags:
            draft.held["future"] = _("Waktu terbitnya belum tiba.")

    def _judge_own(self, draft: Draft) -> None:
        publication = draft.publication
        publication.flags.append("backfill")
        self._check_kind(publication)
        owner, channel = self.channels.find(publication.permalink)
        if channel is not None and publication.unit is not None and channel.unit_id != publication.unit_id:
            raise PostingRefusedError(
                "foreign_channel", _("Alamat ini milik kanal unit lain, %(unit)s.") % {"unit": channel.unit}
            )
        publication.channel = channel
        self._hold_common(draft)
        if publication.published_at is None:
            draft.held["no_date"] = _("Tanggal terbit tidak diketahui.")
        if problem := self._channel_problem(owner is not None, channel):
            self._vouch_or_hold(draft, *problem)
        draft.code, draft.reason = "own", _("Diterima.")

    def _check_kind(self, publication: Publication) -> None:
        host_kind = kind_of_host(host_of(publication.permalink))
        free = ("website", "other", "mastodon")
        if host_kind not in ("", "other", publication.kind) or (publication.kind not in free and not host_kind):
            raise PostingRefusedError(
                "kind_mismatch", _("Alamatnya bukan alamat %(kind)s.") % {"kind": publication.get_kind_display()}
            )

    def _channel_problem(self, owner_known: bool, channel: Channel | None) -> tuple[str, str] | None:
        if not owner_known:
            return "account_not_shown", _("Alamatnya tidak menunjukkan akun siapa.")
        if channel is None:
            return "no_channel", _("Kanal ini belum terdaftar.")
        if channel.status != Channel.Status.VERIFIED:
            return "channel_unverified", _("Kanal belum diverifikasi.")
        return None

    def _vouch_or_hold(self, draft: Draft, code: str, reason: str) -> None:
        """A reviewer's word replaces the channel's proof, but nobody vouches for the own unit."""
        publication = draft.publication
        channel = publication.channel
        if self.vouched_by is None or (channel is not None and channel.status == Channel.Status.REJECTED):
            draft.held[code] = reason
        elif publication.unit_id in self._own_units:
            draft.held[code] = reason + " " + _("Pemeriksa tidak boleh dari unit yang sama.")
        else:
            publication.reviewed_by, publication.reviewed_at = self.vouched_by, self.now
            publication.reason = _("Diterima pada impor atas pemeriksaan %(user)s.") % {"user": self.vouched_by}
            publication.flags.append(code)
