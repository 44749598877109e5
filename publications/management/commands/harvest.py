"""`manage.py harvest [--channel ID] [--since DATE] [--dry-run]`: visit channels now; exit 1 if one of them failed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Channel
from publications.harvest.records import ChannelHarvest, ConnectorKind
from publications.harvest.turns import Turns
from publications.harvest.visiting import Visit, portal_client, rehearse, visit

#: A person waits here, and no time limit of a task: more pages than in a visit of the schedule.
MAX_SECONDS = 240


class Command(BaseCommand):
    help = "Mengunjungi kanal unit sekarang juga: yang sudah waktunya, atau satu kanal dengan --channel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--channel", type=int, metavar="ID", help="kanal ini saja, juga bila belum waktunya")
        parser.add_argument(
            "--since", type=datetime.fromisoformat, metavar="TANGGAL", help="telusuri mundur sampai sini"
        )
        parser.add_argument("--dry-run", action="store_true", help="baca dan laporkan saja, tidak menyimpan apa pun")

    def handle(self, **options: Any) -> None:
        since = options["since"]
        if since is not None and since.tzinfo is None:
            since = since.replace(tzinfo=JAKARTA)
        is_kept = not options["dry_run"]
        failures = [self._visit(harvest, since, is_kept) for harvest in self._chosen(options["channel"], is_kept)]
        if not is_kept:
            self.stdout.write(_("Uji coba: tidak ada yang disimpan."))
        if any(failures):
            raise CommandError(
                _("%(failed)d dari %(all)d kanal gagal.") % {"failed": sum(failures), "all": len(failures)}
            )

    def _chosen(self, channel_id: int | None, is_kept: bool) -> Iterable[ChannelHarvest]:
        """The channel that was asked for, or all that are due; a rehearsal of an unknown one makes no row."""
        if channel_id is None:
            due: Iterable[ChannelHarvest] = ChannelHarvest.objects.due(timezone.now()).select_related("channel__unit")
            return due
        channel = Channel.objects.select_related("unit").filter(pk=channel_id).first()
        if channel is None:
            raise CommandError(_("Kanal %(id)d tidak ada.") % {"id": channel_id})
        new = {"channel": channel, "endpoint": channel.url}
        known = ChannelHarvest.objects.filter(channel=channel).select_related("channel__unit").first()
        if known is None:
            return [ChannelHarvest.objects.create(**new) if is_kept else ChannelHarvest(**new)]
        return [known]

    def _visit(self, harvest: ChannelHarvest, since: datetime | None, is_kept: bool) -> bool:
        """Visit and report; true if it failed. It waits for its turn at the host, as the schedule's visits do."""
        was_unknown = harvest.connector == ConnectorKind.AUTO
        with Turns() as turns:
            http = portal_client(turns)
            if is_kept:
                done = visit(harvest, http, trigger="command", since=since, max_seconds=MAX_SECONDS)
            else:
                done = rehearse(harvest, http, since=since)
        if was_unknown and harvest.connector != ConnectorKind.AUTO:
            words = {"channel": harvest.channel, "endpoint": harvest.endpoint}
            self.stdout.write(_("%(channel)s dibaca lewat %(endpoint)s.") % words)
        self.stdout.write(f"{harvest.channel}: {_words(done)}")
        return done.run is not None and done.run.outcome == "error"


def _words(done: Visit) -> str:
    if done.run is None:
        return _("sedang dikunjungi oleh proses lain.")
    if done.run.outcome == "error":
        return _("gagal (%(kind)s): %(note)s") % {"kind": done.run.error, "note": done.run.note}
    counts = {name: getattr(done.run, name) for name in ("seen", "new", "changed", "refused")}
    return _("%(seen)d terlihat, %(new)d baru, %(changed)d berubah, %(refused)d tidak dipakai.") % counts
