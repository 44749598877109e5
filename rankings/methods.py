"""The life of a version of the method: written as a copy of the newest, looked at, activated, used.

A version that is being written is nobody's business: it ranks nothing and stands on no public page. Activation makes
it public and fixes it; it can be taken back until the first month that it ranks. Never does it reach a past month.
The database holds all of that too (`rankings.guards`); here the refusals have words.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import first_of_month, last_of_month, local_day, month_text, next_month
from opd.models import User
from opd.permissions import may
from publications import lateness

from .boards.methods import percent
from .input_file import method_facts
from .models import Method, Ranking
from .services import RankingError

logger = logging.getLogger(__name__)
WRITE, ACTIVATE = "rankings.change_method", "rankings.activate_method"
WEIGHT_FIELDS = ("volume_weight", "consistency_weight", "reach_weight", "completeness_weight")
LIMIT_FIELDS = ("daily_limit", "text_min_length", "late_hours")
#: What a person writes; `values` of `save_method` has exactly these.
FIELDS = ("effective_from", *WEIGHT_FIELDS, *LIMIT_FIELDS, "bands", "note")
#: The map has five shades, one for each band.
MOST_BANDS = 5
BAND_LENGTH = 40
#: Komisi Informasi alone qualifies a public body as Informatif, Menuju Informatif, Cukup, Kurang or Tidak Informatif.
RESERVED_WORD = "informatif"


class MethodError(RankingError):
    """A version cannot be written or activated; `field` is what is wrong, where that can be said."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.field = field


# --- pure rules --------------------------------------------------------------------------------------------


def problems(values: Mapping[str, Any], version: int, today: date) -> dict[str, str]:
    """What is wrong with a version, by field, as far as its values are there; read only, two queries."""
    found: dict[str, str] = {}
    if values.keys() >= set(WEIGHT_FIELDS):
        found["completeness_weight"] = weights_problem([values[name] for name in WEIGHT_FIELDS])
    if "bands" in values:
        found["bands"] = bands_problem(values["bands"])
    if "effective_from" in values:
        found["effective_from"] = month_problem(values["effective_from"], version, today)
    if "note" in values and not values["note"].strip():
        found["note"] = _("Tulis mengapa versi ini dibuat; dibaca publik.")
    return {field: words for field, words in found.items() if words}


def weights_problem(weights: Sequence[Decimal]) -> str:
    total = sum(weights, Decimal(0))
    if min(weights) < 0 or max(weights) > 1:
        return _("Tiap bobot harus 0% sampai 100%.")
    if total == 1:
        return ""
    rest = percent(abs(1 - total))
    words = {"total": percent(total), "rest": rest}
    if total < 1:
        return _("Jumlah keempat bobot %(total)s, kurang %(rest)s dari 100%%.") % words
    return _("Jumlah keempat bobot %(total)s, lebih %(rest)s dari 100%%.") % words


def bands_problem(bands: Sequence[Mapping[str, Any]]) -> str:
    """Two to five names, from the highest limit down to 0, none of them Komisi Informasi's."""
    labels = [str(band["label"]) for band in bands]
    limits = [band["from"] for band in bands]
    reserved = next((label for label in labels if RESERVED_WORD in label.casefold()), None)
    if reserved is not None:
        return _(
            "“%(label)s” tidak dapat dipakai: Informatif, Menuju Informatif, Cukup Informatif, Kurang Informatif, dan"
            " Tidak Informatif adalah kualifikasi yang hanya diberikan Komisi Informasi."
        ) % {"label": reserved}
    if not 2 <= len(bands) <= MOST_BANDS:
        return _("Isi dua sampai %(most)d golongan.") % {"most": MOST_BANDS}
    if not all(label.strip() and len(label) <= BAND_LENGTH for label in labels):
        return _("Tiap golongan bernama, paling panjang %(length)d karakter.") % {"length": BAND_LENGTH}
    if len({label.casefold() for label in labels}) < len(labels):
        return _("Nama golongan tidak boleh sama.")
    if any(high <= low for high, low in pairwise(limits)) or limits[0] > 100:
        return _("Urutkan golongan dari batas tertinggi ke terendah, tiap batas berbeda dan paling tinggi 100.")
    return "" if limits[-1] == 0 else _("Golongan terbawah harus mulai dari 0, agar tiap indeks punya golongan.")


def month_problem(month: date, version: int, today: date) -> str:
    """A version is for months to come: after those of the version before, and none that has been published."""
    if month.day != 1:
        return _("Metode berlaku sejak awal bulan.")
    if month < first_of_month(today):
        return _("Metode tidak berlaku surut: pilih bulan ini atau sesudahnya.")
    newest = Ranking.objects.exclude(status=Ranking.Status.PROVISIONAL).aggregate(month=Max("month"))["month"]
    if newest is not None and month <= newest:
        return _("Bulan %(month)s sudah ada rancangan atau peringkat finalnya; pilih bulan sesudah %(newest)s.") % {
            "month": date_format(month, "F Y"),
            "newest": date_format(newest, "F Y"),
        }
    before = Method.objects.activated().filter(version__lt=version).order_by("-version").first()
    if before is not None and month <= before.effective_from:
        return _("Versi %(version)d berlaku sejak %(month)s; versi baru harus sesudahnya.") % {
            "version": before.version,
            "month": date_format(before.effective_from, "F Y"),
        }
    return ""


def frozen_because(method: Method) -> str:
    """Why a version can no longer be edited, in words; "" while it is being written."""
    months = Ranking.objects.filter(method=method).order_by("month")
    first = months.values_list("month", flat=True).first() if method.pk else None
    if first is not None:
        return _(
            "Versi ini tidak dapat diubah lagi: sejak %(month)s peringkat dihitung dengannya, dan tiap bulan harus"
            " dapat dihitung ulang dengan angka yang sama. Perubahan menjadi versi baru."
        ) % {"month": date_format(first, "F Y")}
    if method.is_activated:
        return _(
            "Versi ini sudah diaktifkan dan tampil untuk publik, jadi tidak dapat diubah diam-diam. Selama belum ada"
            " bulan yang memakainya, aktivasinya dapat dibatalkan."
        )
    return ""


def fingerprint(method: Method) -> str:
    """Of all that a person writes: whoever activates says which content they have seen."""
    more = {"late_hours": method.late_hours, "bands": method.bands, "note": method.note}
    facts = {**method_facts(method), **more, "effective_from": month_text(method.effective_from)}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def late_limit(day: date) -> timedelta:
    """How long after its own time a posting of that day may be seen first; else it waits for verification."""
    method: Method | None = Method.objects.in_force(first_of_month(day))
    return timedelta(hours=method.late_hours) if method else lateness.FIRST_LIMIT


# --- acts --------------------------------------------------------------------------------------------------


def open_version() -> Method | None:
    """The version that is being written; there is one at a time."""
    found: Method | None = Method.objects.filter(activated_at=None).order_by("-version").first()
    return found


def copy_of_newest(today: date) -> Method:
    """An unsaved next version with the newest one's figures, from the first month that it could be for."""
    newest: Method | None = Method.objects.order_by("-version").first()
    if newest is None:
        return Method(version=1, effective_from=next_month(today))
    published = Ranking.objects.exclude(status=Ranking.Status.PROVISIONAL).aggregate(month=Max("month"))["month"]
    month = max(next_month(day) for day in (today, newest.effective_from, published) if day is not None)
    copied = {name: getattr(newest, name) for name in (*WEIGHT_FIELDS, *LIMIT_FIELDS, "bands")}
    return Method(version=newest.version + 1, effective_from=month, **copied)


@transaction.atomic
def save_method(*, method: Method, values: Mapping[str, Any], actor: User, today: date | None = None) -> Method:
    """Write a version, a new one (unsaved) or the one that is open."""
    today = today or local_day(timezone.now())
    if not may(actor, WRITE):
        raise MethodError(_("Anda tidak berhak menulis metode."))
    _one_at_a_time()
    if method.pk is None:
        _refuse_second()
        method = Method(version=(Method.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1)
    else:
        method = _locked(method.pk)
    _refuse(problems(values, method.version, today))
    for name in FIELDS:
        setattr(method, name, values[name])
    method.save()
    return method


def _refuse(found: Mapping[str, str]) -> None:
    for field, words in found.items():
        raise MethodError(words, field)


def _refuse_second() -> None:
    other = open_version()
    if other is not None:
        words = _("Versi %(version)d masih ditulis; selesaikan atau hapus dahulu.")
        raise MethodError(words % {"version": other.version})


@transaction.atomic
def activate_method(*, method_id: int, seen: str, actor: User, now: datetime | None = None) -> Method:
    """Put a version into force from its month on, once, as it was `seen` by the person who does it."""
    now = now or timezone.now()
    if not may(actor, ACTIVATE):
        raise MethodError(_("Anda tidak berhak mengaktifkan metode."))
    _one_at_a_time()
    method = _locked(method_id)
    if fingerprint(method) != seen:
        raise MethodError(_("Isi versi ini berubah sejak Anda melihatnya. Periksa pratinjaunya, lalu aktifkan lagi."))
    _refuse(problems({name: getattr(method, name) for name in FIELDS}, method.version, local_day(now)))
    method.activated_at, method.activated_by = now, actor
    method.save(update_fields=["activated_at", "activated_by"])
    logger.info("method v%d activated from %s on", method.version, month_text(method.effective_from))
    return method


@transaction.atomic
def deactivate_method(*, method_id: int, actor: User, now: datetime | None = None) -> Method:
    """Take an activation back, before the version's first month has begun and before any month was ranked by it."""
    today = local_day(now or timezone.now())
    if not may(actor, ACTIVATE):
        raise MethodError(_("Anda tidak berhak membatalkan aktivasi metode."))
    _one_at_a_time()
    method: Method | None = Method.objects.select_for_update().filter(pk=method_id).first()
    if method is None or not method.is_activated:
        raise MethodError(_("Versi ini tidak sedang aktif."))
    if Ranking.objects.filter(method=method).exists():
        raise MethodError(frozen_because(method))
    if method.effective_from <= last_of_month(today):
        raise MethodError(_("Versi ini sudah berlaku; buat versi baru untuk mengubahnya."))
    _refuse_second()
    method.activated_at = method.activated_by = None
    method.save(update_fields=["activated_at", "activated_by"])
    logger.info("activation of method v%d taken back", method.version)
    return method


def _one_at_a_time() -> None:
    """Waits for runs that write a ranking, and holds up new ones and other changes of methods till commit.

    Otherwise a month could become a draft by the old method in the very moment in which the new one takes over.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE rankings_ranking IN SHARE MODE")
        cursor.execute("LOCK TABLE rankings_method IN SHARE ROW EXCLUSIVE MODE")


def _locked(method_id: int) -> Method:
    method: Method | None = Method.objects.select_for_update().filter(pk=method_id).first()
    if method is None:
        raise MethodError(_("Versi ini sudah dihapus."))
    reason = frozen_because(method)
    if reason:
        raise MethodError(reason)
    return method
