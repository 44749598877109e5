"""The end of a month: what is still open, the step from draft to final, and the revision of what was final."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import last_of_month, local_day, month_text
from cilegon_kip.common.working_days import add_working_days
from opd.calendar import days_off
from opd.models import Unit, User
from opd.permissions import may
from publications.models import Publication

from .models import Entry, Ranking, Rebuttal
from .services import RankingError, compute_month, lock_month, newest_of
from .tasks import propose_rewards_month

logger = logging.getLogger(__name__)
RIGHT = "rankings.finalise_ranking"
REASON_LENGTH = 500


class AlreadyFinalError(RankingError):
    """The month is final; nothing was changed."""


@dataclass(frozen=True)
class OpenQuestions:
    """What nobody has decided yet in a month: links (by unit), objections, and units with channels not harvested."""

    waiting: list[Unit]
    not_measured: list[Entry]
    rebuttals: list[Rebuttal]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.not_measured or self.rebuttals)

    @property
    def waiting_count(self) -> int:
        return sum(unit.waiting for unit in self.waiting)  # type: ignore[attr-defined]


def open_questions(ranking: Ranking) -> OpenQuestions:
    """Read only, three queries. Units carry `waiting`, how many of their publications wait for a verdict."""
    first, last = ranking.month, last_of_month(ranking.month)
    pending = Q(
        publications__state=Publication.State.PENDING,
        publications__counted_on__range=(first, last),
    ) & ~Q(publications__kind="news")
    if ranking.is_sample:  # real items do not count in a sample month, whatever the verdict
        pending &= Q(publications__is_sample=True) | Q(publications__origin=Publication.Origin.PORTAL)
    else:
        pending &= Q(publications__is_sample=False)
    counted = Unit.objects.annotate(waiting=Count("publications", filter=pending, distinct=True))
    not_measured = ranking.entries.filter(Q(state=Entry.State.NOT_MEASURED) | ~Q(kinds_not_measured=[]))
    return OpenQuestions(
        waiting=list(counted.filter(waiting__gt=0).order_by("-waiting", "name")),
        not_measured=list(not_measured.select_related("unit").order_by("unit__name")),
        rebuttals=list(ranking.rebuttals.undecided().select_related("unit").oldest_first()),
    )


def finalise_ranking(
    *, month: date, actor: User | None = None, despite_open: bool = False, now: datetime | None = None
) -> Ranking:
    """Make a month's draft final, once, after its objection window. From then on the database refuses any change.

    The draft is computed again first. Had a decision come in since, the new draft is kept and finalising refused,
    so that nobody finalises figures that nobody has seen. `despite_open` is a person's word that the open
    questions are known: a link that a unit never explains must not hold up the month of the whole city. It does not
    pass over objections: those Diskominfo can always decide, and the unit has a right to the answer.
    """
    now = now or timezone.now()
    if actor is not None and not may(actor, RIGHT):
        raise RankingError(_("Anda tidak berhak memfinalkan peringkat."))
    with transaction.atomic():
        lock_month(month)
        draft = _finalisable(month, local_day(now))
        ranking = compute_month(month, now)
        if ranking.computed_at == draft.computed_at:
            _refuse_open(ranking, despite_open)
            _make_final(ranking, actor, now)
            return ranking
    raise RankingError(
        _(
            "Ada keputusan baru sejak rancangan %(month)s dihitung. Rancangannya baru saja dihitung ulang;"
            " periksa, lalu finalkan sekali lagi."
        )
        % {"month": month_text(month)}
    )


def _finalisable(month: date, today: date) -> Ranking:
    """The month's newest ranking if it may become final today; else the refusal says why not."""
    ranking, words = newest_of(month), {"month": month_text(month)}
    if ranking is None:
        raise RankingError(_("Belum ada peringkat untuk bulan %(month)s.") % words)
    if ranking.status == Ranking.Status.FINAL:
        raise AlreadyFinalError(final_words(ranking))
    if ranking.status == Ranking.Status.PROVISIONAL or ranking.objection_until is None:
        raise RankingError(_("Peringkat %(month)s masih sementara; yang dapat difinalkan hanya rancangan.") % words)
    if today <= ranking.objection_until:
        words["day"] = date_format(ranking.objection_until, "j F Y")
        raise RankingError(
            _("Masa sanggahan %(month)s berlaku sampai %(day)s; peringkat dapat difinalkan sesudah tanggal itu.")
            % words
        )
    _refuse_undecided(ranking)
    return ranking


def _refuse_undecided(ranking: Ranking) -> None:
    """Also a person cannot pass over objections (and the database would refuse it: `guards`)."""
    units = ", ".join(ranking.rebuttals.undecided().oldest_first().values_list("unit__name", flat=True))
    if units:
        raise RankingError(
            _("Sanggahan pada %(month)s belum diputuskan: %(units)s. Putuskan dahulu; hal ini tidak dapat dilewati.")
            % {"month": ranking, "units": units}
        )


def final_words(ranking: Ranking) -> str:
    return _("Peringkat %(month)s sudah final sejak %(moment)s; tidak ada yang diubah.") % {
        "month": ranking,
        "moment": date_format(timezone.localtime(ranking.finalised_at), "j F Y H.i"),
    }


def _refuse_open(ranking: Ranking, despite_open: bool) -> None:
    found = open_questions(ranking)
    if found and not despite_open:
        raise RankingError(
            _(
                "Masih terbuka pada %(month)s: %(waiting)d publikasi menunggu verifikasi dan %(units)d unit dengan"
                " kanal yang tidak terukur. Selesaikan dahulu, atau nyatakan bahwa hal itu diketahui."
            )
            % {"month": ranking, "waiting": found.waiting_count, "units": len(found.not_measured)}
        )


def _make_final(ranking: Ranking, actor: User | None, now: datetime) -> None:
    ranking.status, ranking.finalised_at, ranking.finalised_by = Ranking.Status.FINAL, now, actor
    ranking.save(update_fields=["status", "finalised_at", "finalised_by"])
    logger.info("ranking %s revision %d is final", ranking, ranking.revision)
    month = month_text(ranking.month)  # robust: without Redis the hourly run proposes, and nobody's page fails
    transaction.on_commit(lambda: propose_rewards_month.delay(month), robust=True)


# --- by itself -------------------------------------------------------------------------------------------


def months_to_finalise(today: date) -> list[date]:
    """Months that become final by themselves today: FINALISE_AFTER_DAYS working days after the objection window.

    Off by default. Sample months are left to people, and so is every month in which something is open.
    """
    if settings.FINALISE_AFTER_DAYS is None:
        return []
    drafts: QuerySet[Ranking] = Ranking.objects.ripe(today).filter(is_sample=False)
    due = [ranking for ranking in drafts.order_by("month") if _finalises_after(ranking) < today]
    return [ranking.month for ranking in due if not open_questions(ranking)]


def _finalises_after(ranking: Ranking) -> date:
    """Last day on which the month still waits for a person."""
    start: date = ranking.objection_until  # type: ignore[assignment]  # every draft has one
    days: int = settings.FINALISE_AFTER_DAYS  # type: ignore[assignment]
    return add_working_days(start, days, days_off(start, start + timedelta(days=3 * days + 30)).keys())


# --- revision --------------------------------------------------------------------------------------------


@transaction.atomic
def revise_ranking(*, month: date, reason: str, actor: User | None = None, now: datetime | None = None) -> Ranking:
    """Begin the correction of a final month: a new draft that names the old ranking and why, with a new window.

    The old one stays as it is, and readable.
    """
    now = now or timezone.now()
    reason = " ".join(reason.split())
    if actor is not None and not may(actor, RIGHT):
        raise RankingError(_("Anda tidak berhak merevisi peringkat."))
    if not reason or len(reason) > REASON_LENGTH or "\x00" in reason:
        raise RankingError(_("Sebutkan alasan revisi, paling panjang %(length)d karakter.") % {"length": REASON_LENGTH})
    lock_month(month)
    old = newest_of(month)
    if old is None or old.status != Ranking.Status.FINAL:
        raise RankingError(
            _("Peringkat %(month)s belum final; yang direvisi hanya peringkat final. Rancangan cukup dihitung ulang.")
            % {"month": month_text(month)}
        )
    Ranking.objects.create(
        month=month,
        revision=old.revision + 1,
        supersedes=old,
        revision_reason=reason,
        status=Ranking.Status.DRAFT,
        method=old.method,
        computed_at=now,
    )
    return compute_month(month, now)
