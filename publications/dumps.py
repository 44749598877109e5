"""All that is public of a year in one file: `kegiatan` (activities) and `publikasi` (their postings, press reports)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import localtime

from cilegon_kip.common.jakarta import JAKARTA

from .models import Activity, Publication, PublicationKind

#: Where press reports without a date stand.
UNDATED = "tanpa-tanggal"
Row = dict[str, Any]


@dataclass(frozen=True)
class Dump:
    """One kind of file: which rows, which of their fields, and their names in JSON Lines and in CSV."""

    name: str
    public: Callable[[], QuerySet[Any]]
    fields: tuple[str, ...]
    record: Callable[[Row], Row]
    #: Name in JSON (that of the API) → head of the column in CSV.
    header: Mapping[str, str]

    def rows(self, year: str) -> QuerySet[Any, Row]:
        """A year's rows in the order of their time; ValueError for a year that no calendar has."""
        if year == UNDATED:
            return self.public().filter(published_at=None).order_by("pk").values(*self.fields)
        first, last = year_span(int(year))
        found = self.public().filter(published_at__gte=first, published_at__lt=last)
        return found.order_by("published_at", "pk").values(*self.fields)

    def years(self) -> dict[str, int]:
        """Years that have rows, newest first and those without a date last, with the number of rows."""
        counted = self.public().order_by().values_list(ExtractYear("published_at", tzinfo=JAKARTA))
        found = dict(counted.annotate(number=Count("pk")))
        years = {str(year): found[year] for year in sorted(filter(None, found), reverse=True)}
        return years | ({UNDATED: found[None]} if None in found else {})


def year_span(year: int) -> tuple[datetime, datetime]:
    """The first moments of a year and of the next one, in Jakarta."""
    return datetime(year, 1, 1, tzinfo=JAKARTA), datetime(year + 1, 1, 1, tzinfo=JAKARTA)


def activity_record(row: Row) -> Row:
    return {
        "id": row["id"],
        **_unit(row),
        "title": row["title"],
        "text": row["text"],
        "happened_on": _day(row["happened_on"]),
        "place": row["place"],
        "theme": row["theme"],
        "published_at": _moment(row["published_at"]),
        "updated_at": _moment(row["updated_at"]),
        "is_sample": row["is_sample"],
        "url": activity_address(row["id"], row["title"]),
    }


def publication_record(row: Row) -> Row:
    is_portal = row["kind"] == PublicationKind.PORTAL
    return {
        "id": row["id"],
        **_unit(row),
        "activity": row["activity_id"],
        "kind": row["kind"],
        "is_press": row["kind"] == PublicationKind.NEWS,
        "title": row["title"],
        "excerpt": row["excerpt"],
        "publisher": row["publisher"],
        "url": activity_address(row["activity_id"], row["activity__title"]) if is_portal else row["permalink"],
        "published_at": _moment(row["published_at"]),
        "date_basis": row["date_basis"],
        "counted_on": _day(row["counted_on"]),
        "happened_on": _day(row["happened_on"]),
        "first_seen_at": _moment(row["first_seen_at"]),
        "origin": row["origin"],
        "has_media": row["has_media"],
        "text_length": row["text_length"],
        "is_sample": row["is_sample"],
    }


def activity_address(pk: int, title: str) -> str:
    """The address of `Activity.get_absolute_url`, from a row."""
    slug = slugify(title)[:80].strip("-") or "kegiatan"
    return settings.SITE_URL + _address_form().format(pk=pk, slug=slug)


@cache
def _address_form() -> str:
    """Asked once: Django's `reverse` would take half the time of writing a file."""
    return reverse("publications:activity", args=[0, "x"]).replace("/0/x/", "/{pk}/{slug}/")


def _unit(row: Row) -> Row:
    return {"unit": row["unit__slug"], "unit_name": row["unit__name"], "category": row["unit__category"]}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: datetime | None) -> str | None:
    return localtime(moment, JAKARTA).isoformat() if moment else None


UNIT_FIELDS = ("unit__slug", "unit__name", "unit__category")
UNIT_HEADER = {"unit": "unit_slug", "unit_name": "unit", "category": "kategori"}
ACTIVITIES = Dump(
    name="kegiatan",
    public=Activity.objects.published,
    fields=(
        *("id", *UNIT_FIELDS, "title", "text", "happened_on", "place", "theme"),
        *("published_at", "updated_at", "is_sample"),
    ),
    record=activity_record,
    header={
        "id": "id",
        **UNIT_HEADER,
        "title": "judul",
        "text": "uraian",
        "happened_on": "tanggal_kegiatan",
        "place": "tempat",
        "theme": "tema",
        "published_at": "terbit_pada",
        "updated_at": "diubah_pada",
        "is_sample": "data_contoh",
        "url": "alamat",
    },
)
PUBLICATIONS = Dump(
    name="publikasi",
    public=Publication.objects.public,
    fields=(
        *("id", *UNIT_FIELDS, "activity_id", "activity__title", "kind", "title", "excerpt", "publisher", "permalink"),
        *("published_at", "date_basis", "counted_on", "happened_on", "first_seen_at", "origin"),
        *("has_media", "text_length", "is_sample"),
    ),
    record=publication_record,
    header={
        "id": "id",
        **UNIT_HEADER,
        "activity": "kegiatan_id",
        "kind": "jenis_kanal",
        "is_press": "liputan_media",
        "title": "judul",
        "excerpt": "cuplikan",
        "publisher": "penerbit",
        "url": "alamat",
        "published_at": "terbit_pada",
        "date_basis": "dasar_tanggal",
        "counted_on": "tanggal_hitung",
        "happened_on": "tanggal_kegiatan",
        "first_seen_at": "pertama_terlihat",
        "origin": "asal",
        "has_media": "memuat_media",
        "text_length": "panjang_teks",
        "is_sample": "data_contoh",
    },
)
DUMPS = {dump.name: dump for dump in (ACTIVITIES, PUBLICATIONS)}
