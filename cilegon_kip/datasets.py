"""What there is to take away, as plain facts: the page `/data/` and the catalogue are two ways of writing them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db.models import CharField, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cilegon_kip.common.jakarta import last_of_month
from opd.models import Unit
from publications.documents.models import Document
from publications.dumps import DUMPS, UNDATED
from rankings.files.facts import made_at
from rankings.files.keeping import MAKERS, version_of
from rankings.models import InputFile, Ranking, RankingFile

#: Months that the page lists; the catalogue has all.
PAGE_MONTHS = 12
#: Bytes of a packed row, measured over sample months: the page says "sekitar".
ROW_BYTES = {"kegiatan": 80, "publikasi": 76}
MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "png": "image/png",
}
GZIP = "application/gzip"


def rough_size(size: int) -> str:
    """480 kB, 1,2 MB"""
    return f"{number_format(size / 10**6, 1)} MB" if size >= 10**6 else f"{size // 1000} kB"


@dataclass(frozen=True)
class File:
    """One file to download. `size` and `sha256` are those of the bytes that are sent, where they are known."""

    path: str
    label: str
    media_type: str
    is_gzipped: bool = False
    size: int | None = None
    is_estimate: bool = False
    sha256: str = ""

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.path

    @property
    def size_words(self) -> str:
        """An estimate is rounded, so that nobody takes it for a measure."""
        if self.size is None:
            return ""
        if not self.is_estimate:
            return filesizeformat(self.size)
        step = 10**5 if self.size >= 10**6 else 10**4
        return _("sekitar %(size)s") % {"size": rough_size(math.ceil(self.size / step) * step)}


@dataclass(frozen=True)
class Dataset:
    key: str
    title: str
    description: str
    page: str
    files: Sequence[File] = ()
    issued: datetime | None = None
    modified: datetime | None = None
    first: date | None = None
    last: date | None = None
    version: str = ""
    state: str = ""
    #: Where the table's caption says the rest of the title.
    short_title: str = ""
    is_sample: bool = False
    in_series: bool = False
    keywords: Sequence[str] = field(default_factory=tuple)
    rows: int | None = None


def everything() -> list[Dataset]:
    return [*months(), register(), *years(), *documents()]


def months(most: int | None = None) -> list[Dataset]:
    """Drafts and final rankings in their current revision, newest first: two queries."""
    rankings = list(_rankings()[:most])
    kept = _kept_files(rankings)
    return [_month(ranking, kept.get(ranking.pk, {})) for ranking in rankings]


def _rankings() -> QuerySet[Ranking]:
    """With the size of the input file as it is sent, and for final ones its SHA-256: the database's own reckoning."""
    content = InputFile.objects.filter(ranking=OuterRef("pk"))
    length = Func("content", function="octet_length", output_field=IntegerField())
    sha256 = Func("content", template="encode(sha256(%(expressions)s), 'hex')", output_field=CharField())
    rankings: QuerySet[Ranking] = (
        Ranking.objects.current()
        .newest_first()
        .exclude(status=Ranking.Status.PROVISIONAL)
        .annotate(
            file_size=Subquery(content.values_list(length)),
            file_sha256=Subquery(content.filter(ranking__status=Ranking.Status.FINAL).values_list(sha256)),
        )
    )
    return rankings


def _kept_files(rankings: list[Ranking]) -> dict[int, dict[str, RankingFile]]:
    """By ranking and kind, the files that were made of the ranking as it stands."""
    versions = {ranking.pk: version_of(ranking) for ranking in rankings}
    found: dict[int, dict[str, RankingFile]] = {}
    for file in RankingFile.objects.filter(ranking__in=rankings, category="").defer("content"):
        if file.made_of.startswith(versions[file.ranking_id]):
            found.setdefault(file.ranking_id, {})[file.kind] = file
    return found


def _month(ranking: Ranking, kept: dict[str, RankingFile]) -> Dataset:
    month = date_format(ranking.month, "F Y")
    title = _("Peringkat keaktifan %(month)s") % {"month": month}
    return Dataset(
        key=f"peringkat-{ranking.month_text}",
        title=_sample(title) if ranking.is_sample else title,
        short_title=_sample(month) if ranking.is_sample else month,
        description=_("Tempat, indeks, dan komponen tiap unit pada %(month)s.") % {"month": month},
        page=ranking.get_absolute_url(),
        files=[*(_ranking_file(ranking, kind, kept.get(kind)) for kind in MAKERS), *_input_files(ranking)],
        modified=made_at(ranking),
        first=ranking.month,
        last=last_of_month(ranking.month),
        version=str(ranking.revision),
        state=ranking.get_status_display() if ranking.revision == 1 else ranking.state_words,
        is_sample=ranking.is_sample,
        in_series=True,
        keywords=[_("peringkat"), _("keaktifan")],
    )


def _sample(title: str) -> str:
    return _("%(title)s (data contoh)") % {"title": title}


def _ranking_file(ranking: Ranking, kind: str, kept: RankingFile | None) -> File:
    return File(
        path=reverse("rankings:download", args=[ranking.month_text, kind]),
        label=kind.upper(),
        media_type=MEDIA_TYPES[kind],
        size=kept.size if kept else None,
        # Only what can never become another file; the workbook forgets the titles of what is withdrawn later.
        sha256=kept.sha256 if kept and kept.made_of == "final" else "",
    )


def _input_files(ranking: Ranking) -> list[File]:
    size, sha256 = ranking.file_size, ranking.file_sha256  # type: ignore[attr-defined]  # annotated
    if size is None:
        return []
    path = reverse("rankings:input_file", args=[ranking.month_text])
    return [File(path, _("Masukan"), MEDIA_TYPES["jsonl"], is_gzipped=True, size=size, sha256=sha256 or "")]


def register() -> Dataset:
    return Dataset(
        key="unit",
        title=_("Daftar unit"),
        description=_("OPD, BUMD, kecamatan, dan kelurahan dengan kode resmi, kontak kantor, dan kanal terverifikasi."),
        page=reverse("opd:units"),
        files=[File(reverse("register"), "CSV", MEDIA_TYPES["csv"])],
        keywords=[_("unit"), _("perangkat daerah")],
        rows=Unit.objects.count(),
    )


DUMP_WORDS = {
    "kegiatan": (
        gettext_lazy("Kegiatan %(year)s"),
        gettext_lazy("Semua kegiatan yang terbit: judul, uraian, tanggal, tempat, tema."),
    ),
    "publikasi": (
        gettext_lazy("Publikasi %(year)s"),
        gettext_lazy("Semua publikasi yang diterima di portal, situs web, dan media sosial, serta liputan media."),
    ),
}


def years() -> list[Dataset]:
    """Two queries."""
    return [_year(name, year, rows) for name, dump in DUMPS.items() for year, rows in dump.years().items()]


def _year(name: str, year: str, rows: int) -> Dataset:
    title, description = DUMP_WORDS[name]
    is_dated = year != UNDATED
    return Dataset(
        key=f"{name}-{year}",
        title=title % {"year": year if is_dated else _("tanpa tanggal")},
        description=str(description),
        page=reverse("publications:activities"),
        files=[
            File(
                path=reverse("publications:dump", args=[name, year, kind]),
                label=kind.upper(),
                media_type=MEDIA_TYPES[kind],
                is_gzipped=True,
                size=1024 + rows * ROW_BYTES[name],
                is_estimate=True,
            )
            for kind in ("csv", "jsonl")
        ],
        first=date(int(year), 1, 1) if is_dated else None,
        last=date(int(year), 12, 31) if is_dated else None,
        keywords=[_("kegiatan"), _("media sosial")],
        rows=rows,
    )


def documents() -> list[Dataset]:
    """The Daftar Informasi Publik, once there is one."""
    if not Document.objects.published().exists():
        return []
    return [
        Dataset(
            key="informasi",
            title=_("Daftar Informasi Publik"),
            description=_("Informasi yang dikuasai unit menurut klasifikasinya, dengan berkas yang dapat diunduh."),
            page=reverse("documents:documents"),
            keywords=["DIP", _("informasi publik")],
        )
    ]
