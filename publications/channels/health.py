"""How each channel's harvest fares, in words: the questions behind the health page and the channel's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opd.models import Channel, User
from opd.permissions import limit_to_units, may
from publications.harvest.records import ChannelHarvest, HarvestRun

from .probing import RIGHT, ChannelDeskError
from .records import ChannelProbe
from .words import WAIT_FOR_SOURCE, error_words, is_personal_account

#: Between two visits that people ask for.
PAUSE = timedelta(minutes=10)
Status = Channel.Status
TROUBLE = (ChannelHarvest.Health.FAILING, ChannelHarvest.Health.BLOCKED)
_PERSONAL = Q(kind="instagram") & (
    Q(last_error="http_4xx", last_status=0) | Q(harvest=None, probe_error="http_4xx", probe_status=0)
)
#: `?keadaan=` → (words, condition). The order is that of the page.
FILTERS: dict[str, tuple[Any, Q]] = {
    "gagal": (gettext_lazy("Gagal dibaca"), Q(harvest__health__in=TROUBLE) & ~_PERSONAL),
    "token": (gettext_lazy("Perlu token"), Q(harvest__health=ChannelHarvest.Health.NEEDS_TOKEN)),
    "manual": (gettext_lazy("Tautannya dikirim"), Q(status=Status.VERIFIED, harvest=None) & ~_PERSONAL),
    "baru": (gettext_lazy("Belum pernah dikunjungi"), Q(harvest__health=ChannelHarvest.Health.NEW)),
    "sehat": (gettext_lazy("Sehat"), Q(harvest__health=ChannelHarvest.Health.OK)),
    "pribadi": (gettext_lazy("Instagram bukan akun profesional"), _PERSONAL),
    "belum-diverifikasi": (gettext_lazy("Belum diverifikasi"), Q(status=Status.UNVERIFIED)),
}


def channels_for(user: User, today: date) -> QuerySet[Channel]:
    """Channels with an address that are open and not rejected, of the user's units; with how the last visit ended."""
    last_run = HarvestRun.objects.filter(channel=OuterRef("pk")).exclude(outcome="").order_by("-started_at", "-pk")
    last_probe = ChannelProbe.objects.filter(channel=OuterRef("pk")).exclude(done_at=None).order_by("-asked_at", "-pk")
    rows: QuerySet[Channel] = limit_to_units(Channel.objects.open_between(today, today), user)
    return (
        rows.exclude(status=Status.REJECTED)
        .exclude(key="")
        .select_related("unit", "harvest")
        .annotate(
            last_error=Subquery(last_run.values("error")[:1]),
            last_status=Subquery(last_run.values("status")[:1]),
            last_note=Subquery(last_run.values("note")[:1]),
            probe_error=Subquery(last_probe.values("error")[:1]),
            probe_status=Subquery(last_probe.values("status")[:1]),
            linked_from=Subquery(last_probe.values("linked_from")[:1]),
        )
        .order_by("unit__name", "kind", "pk")
    )


def counts(rows: QuerySet[Channel]) -> dict[str, int]:
    """How many channels each filter shows, in one query."""
    numbers = {name.replace("-", "_"): Count("pk", filter=condition) for name, (_words, condition) in FILTERS.items()}
    told = rows.order_by().aggregate(semua=Count("pk"), **numbers)
    return {name: told[name.replace("-", "_")] for name in ("semua", *FILTERS)}


def in_trouble(user: User, today: date) -> dict[str, int]:
    """How many of the user's channels somebody should look after, and how many there are."""
    rows: QuerySet[Channel] = limit_to_units(Channel.objects.open_between(today, today), user)
    bad = Q(harvest__health__in=[*TROUBLE, ChannelHarvest.Health.NEEDS_TOKEN])
    return rows.exclude(status=Status.REJECTED).exclude(key="").aggregate(all=Count("pk"), bad=Count("pk", filter=bad))


@dataclass(frozen=True)
class Row:
    """A channel of `channels_for` in words."""

    channel: Any

    @property
    def harvest(self) -> ChannelHarvest | None:
        return getattr(self.channel, "harvest", None)

    @property
    def is_personal(self) -> bool:
        return is_personal_account(self.channel.kind, *self._error)

    @property
    def is_trouble(self) -> bool:
        return self.is_personal or (self.harvest is not None and self.harvest.health not in ("new", "ok"))

    @property
    def state(self) -> str:
        """In a few words."""
        if self.is_personal:
            return _("Bukan akun profesional")
        if self.harvest is not None:
            return str(self.harvest.get_health_display())
        return _("Tautannya dikirim unit")

    @property
    def problem(self) -> Any:
        return self._words[0]

    @property
    def advice(self) -> Any:
        return self._words[1]

    @property
    def _words(self) -> tuple[Any, Any]:
        return error_words(self.channel.kind, *self._error)

    @property
    def _error(self) -> tuple[str, int]:
        """Kind and HTTP status of what went wrong last: at the last visit, else when somebody looked."""
        if self.harvest is None:
            return self.channel.probe_error or "", self.channel.probe_status or 0
        return self.channel.last_error or "", self.channel.last_status or 0


# --- run now ------------------------------------------------------------------------------------------------------


def why_not_now(channel: Channel, now: datetime) -> str:
    """Why the channel is not visited at once; empty if it may be."""
    if not settings.HARVEST_ENABLED:
        return _("Kunjungan ke kanal dimatikan di pemasangan ini, jadi kanal ini tidak dikunjungi.")
    harvest = ChannelHarvest.objects.filter(channel=channel).first()
    if channel.status != Status.VERIFIED:
        return _("Kanal dikunjungi setelah diverifikasi Diskominfo.")
    if harvest is None:
        return _("Kanal ini belum terhubung. Periksa dahulu cara membacanya.")
    if harvest.lease_until is not None and harvest.lease_until > now:
        return _("Kanal ini sedang dikunjungi.")
    last = HarvestRun.objects.filter(channel=channel).order_by("-started_at", "-pk").first()
    if last is None:
        return ""
    if last.error in WAIT_FOR_SOURCE and harvest.next_run_at > now:
        return _("Sumbernya meminta menunggu sampai %(time)s.") % {"time": _clock(harvest.next_run_at)}
    if now - last.started_at < PAUSE:
        return _("Kanal ini baru saja dikunjungi; coba lagi setelah %(time)s.") % {
            "time": _clock(last.started_at + PAUSE)
        }
    return ""


def visit_soon(*, channel_id: int, actor: User, now: datetime) -> None:
    """Let the schedule take the channel next. The visit itself is the worker's, under the channel's lease."""
    from publications.tasks import harvest_due

    channel = Channel.objects.select_related("unit").filter(pk=channel_id).first()
    if channel is None or not may(actor, RIGHT, channel):
        raise ChannelDeskError(_("Kanal tidak ditemukan."))
    if problem := why_not_now(channel, now):
        raise ChannelDeskError(problem)
    waiting = ChannelHarvest.objects.free(now).filter(channel=channel, next_run_at__gt=now)
    if not waiting.update(next_run_at=now):
        raise ChannelDeskError(_("Kanal ini sudah menunggu kunjungan berikutnya."))
    LogEntry.objects.log_actions(actor.pk, [channel], CHANGE, _("Diminta dikunjungi sekarang."), single_object=True)
    transaction.on_commit(harvest_due.delay, robust=True)  # without Redis at the next call of the schedule


def _clock(moment: datetime) -> str:
    return date_format(localtime(moment), "j F Y H.i")
