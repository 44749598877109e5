"""What an import left open in a posting that is held: its unit, headline or date, filled in by a reviewer."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import midnight
from opd.models import Unit, User
from opd.permissions import may, unit_ids_of

from .models import Publication
from .services import EARLIEST, PublicationError, check_reviewer

RIGHT = "publications.review_publication"
#: The flag that a filled field answers.
ANSWERED = {"unit": "unit_unclear", "title": "no_title", "published_at": "no_date"}


def open_fields(publication: Publication) -> list[str]:
    """Which of unit, title and published_at the source left open. The date of a press report may stay unknown."""
    is_open = {
        "unit": publication.unit_id is None,
        "title": not publication.title,
        "published_at": publication.published_at is None,
    }
    return [name for name, is_so in is_open.items() if is_so]


@transaction.atomic
def complete_publication(
    *, publication_id: int, actor: User, unit: Unit | None = None, title: str = "", posted_on: date | None = None
) -> list[str]:
    """Fill what is open, and say which fields were filled. What the source said is never overwritten.

    `posted_on` is the Jakarta day on which it appeared. The reviewer is never of the unit that is put in.
    """
    rows = Publication.objects.pending().select_for_update(of=("self",)).filter(pk=publication_id)
    publication: Publication | None = rows.first()
    if publication is None or not may(actor, RIGHT, publication):
        raise PublicationError(_("Publikasi ini tidak menunggu verifikasi."))
    check_reviewer(publication, actor)
    if not Publication.objects.filter(pk=publication_id).free_for(actor, timezone.now()).exists():
        raise PublicationError(_("Rekan lain sedang memeriksa publikasi ini."))
    given = {"unit": unit, "title": " ".join(title.split()), "published_at": _start_of(posted_on)}
    filled = [name for name in open_fields(publication) if given[name]]
    if not filled:
        raise PublicationError(_("Isi sedikitnya satu keterangan yang masih kosong."))
    if "unit" in filled:
        _check_unit(publication, unit, actor)
    for name in filled:
        setattr(publication, name, given[name])
    if "published_at" in filled:
        publication.date_basis = Publication.DateBasis.DATE_ONLY
        publication.claimed_raw = publication.claimed_raw or str(posted_on)
    answered = {ANSWERED[name] for name in filled}
    publication.flags = [flag for flag in publication.flags if flag not in answered] + ["completed"]
    publication.save(update_fields=[*filled, "date_basis", "claimed_raw", "flags"])
    return filled


def _start_of(day: date | None) -> datetime | None:
    if day is None:
        return None
    moment = midnight(day)
    if moment < EARLIEST or moment > timezone.now():
        raise PublicationError(_("Tanggal terbit harus antara 1 Januari 2005 dan hari ini."))
    return moment


def _check_unit(publication: Publication, unit: Unit | None, actor: User) -> None:
    if unit is not None and unit.pk in unit_ids_of(actor):
        raise PublicationError(_("Pemeriksa tidak boleh berasal dari unit yang diperiksa."))
    channel = publication.channel
    if channel is not None and unit is not None and channel.unit_id != unit.pk:
        raise PublicationError(_("Alamat ini milik kanal unit lain, %(unit)s.") % {"unit": channel.unit})
