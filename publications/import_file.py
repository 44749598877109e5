"""Reading a CSV of publications line by line, and who its units and channels are."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from opd.csv_rows import FileRefusedError
from opd.models import Channel, Unit
from opd.owners import Owner, owner_of, owns

COLUMNS = ("unit_slug", "channel_kind", "permalink", "published_at", "title")
KNOWN_EXTRAS = (
    "happened_on",
    "note",
    "unit_role",
    "published_basis",
    "happened_basis",
    "published_month",
    "title_hint",
    "publisher",
    "event_group",
)


@dataclass
class CsvFile:
    """A file opened for streaming; `ignored` are the columns nobody reads.

    `label`: what people call the file, where that is not its name here. `names`: other names of columns → ours.
    """

    path: Path
    ignored: list[str] = field(default_factory=list)
    required: tuple[str, ...] = COLUMNS
    label: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","

    @property
    def name(self) -> str:
        return self.label or self.path.name

    def rows(self) -> Iterator[tuple[int, dict[str, str] | None]]:
        """(line, cells) of each row; cells are None where their number is wrong. FileRefusedError for a bad file."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._rows(file)
        except UnicodeDecodeError:
            raise FileRefusedError(
                _("%(file)s bukan UTF-8. Simpan ulang sebagai “CSV UTF-8”.") % {"file": self.name}
            ) from None
        except FileNotFoundError:
            raise FileRefusedError(_("Berkas %(file)s tidak ada.") % {"file": self.path}) from None
        except IsADirectoryError:
            raise FileRefusedError(_("%(file)s adalah folder, bukan berkas CSV.") % {"file": self.path}) from None
        except OSError as error:
            raise FileRefusedError(
                _("%(file)s tidak dapat dibaca: %(error)s.") % {"file": self.path, "error": error.strerror}
            ) from None

    def _rows(self, file: TextIO) -> Iterator[tuple[int, dict[str, str] | None]]:
        reader = csv.reader(file, strict=True, delimiter=self.delimiter)
        try:
            header = self._checked_header(next(reader, []))
            line, found = reader.line_num + 1, False
            for cells in reader:
                if any("\x00" in cell for cell in cells):
                    raise FileRefusedError(
                        _("%(file)s memuat karakter NUL pada baris %(line)d; berkas ini bukan CSV teks.")
                        % {"file": self.name, "line": line}
                    )
                if any(cell.strip() for cell in cells):
                    found = True
                    same = len(cells) == len(header)
                    yield line, dict(zip(header, map(str.strip, cells), strict=True)) if same else None
                line = reader.line_num + 1
        except csv.Error as error:
            raise FileRefusedError(
                _("%(file)s rusak sebagai CSV pada baris %(line)d (%(error)s). Periksa tanda kutipnya.")
                % {"file": self.name, "line": reader.line_num, "error": error}
            ) from None
        if not found:
            raise FileRefusedError(_("%(file)s tidak berisi satu baris data pun.") % {"file": self.name})

    def _checked_header(self, cells: list[str]) -> list[str]:
        header = [self.names.get(name.strip().lower(), name.strip()) for name in cells]
        name = self.name
        if not any(header):
            raise FileRefusedError(_("%(file)s kosong.") % {"file": name})
        if len(header) == 1 and ";" in header[0]:
            raise FileRefusedError(
                _("%(file)s dipisahkan titik koma; simpan dengan koma sebagai pemisah.") % {"file": name}
            )
        if missing := [column for column in self.required if column not in header]:
            raise FileRefusedError(
                _("%(file)s tidak mempunyai kolom: %(names)s.") % {"file": name, "names": ", ".join(missing)}
            )
        if twice := sorted({column[:60] for column in header if column and header.count(column) > 1}):
            raise FileRefusedError(
                _("%(file)s menulis kolom dua kali: %(names)s.") % {"file": name, "names": ", ".join(twice)}
            )
        self.ignored = [column[:60] for column in header if column and column not in COLUMNS + KNOWN_EXTRAS]
        return header


class UnitFinder:
    """Units by slug, or by any name that only one unit has."""

    def __init__(self) -> None:
        self._by_slug: dict[str, Unit] = {}
        self._by_name: dict[str, set[str]] = {}
        for unit in Unit.objects.only("slug", "name", "short_name", "aliases", "category"):
            self._by_slug[unit.slug] = unit
            for name in (unit.slug, unit.name, unit.short_name, *unit.aliases):
                self._by_name.setdefault(plain(name), set()).add(unit.slug)

    def find(self, text: str) -> Unit | None:
        if text in self._by_slug:
            return self._by_slug[text]
        slugs = self._by_name.get(plain(text), set())
        return self._by_slug[next(iter(slugs))] if len(slugs) == 1 else None

    def nearest(self, text: str) -> list[str]:
        """Slugs that may have been meant: those of the same name, else the most alike."""
        if same := self._by_name.get(plain(text)):
            return sorted(same)
        names = get_close_matches(plain(text), self._by_name, n=3, cutoff=0.6)
        return sorted({slug for name in names for slug in self._by_name[name]})[:4]


class ChannelFinder:
    """Whose posting an address shows."""

    def __init__(self) -> None:
        self._channels: dict[str, list[Channel]] = {}
        for channel in Channel.objects.filter(is_sample=False).exclude(key=""):
            self._channels.setdefault(_shelf(channel.kind, channel.key), []).append(channel)

    def find(self, permalink: str) -> tuple[Owner | None, Channel | None]:
        """The owner as the address tells, and the longest fitting channel of the register."""
        owner = owner_of(permalink)
        if owner is None:
            return None, None
        fitting = [
            channel
            for channel in self._channels.get(_shelf(owner.kind, owner.key), [])
            if owns(channel.kind, channel.key, owner)
        ]
        return owner, max(fitting, key=lambda channel: len(channel.key), default=None)


def _shelf(kind: str, key: str) -> str:
    """Channels that may fit an address lie on one shelf: the host of a website, the account of a platform."""
    return re.split(r"[/?]", key)[0] if kind in ("website", "other") else f"{kind} {key}"


def plain(name: str) -> str:
    """Letters and digits only, for comparing names and titles."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))
