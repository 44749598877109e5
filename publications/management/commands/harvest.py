"""`manage.py harvest [--channel ID] [--since DATE] [--dry-run]`: visit channels now; exit 1 if one of them failed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Channel
from publications.harvest.items import HarvestError
from publications.harvest.visiting import Visit, connect_channel, portal_client, probe_channel, visit
from publications.models import ChannelHarvest


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
        with transaction.atomic() if options["dry_run"] else nullcontext():
            failures = [self._visit(harvest, since) for harvest in self._chosen(options["channel"])]
            if options["dry_run"]:
                transaction.set_rollback(True)
                self.stdout.write(_("Uji coba: tidak ada yang disimpan."))
        if any(failures):
            raise CommandError(
                _("%(failed)d dari %(all)d kanal gagal.") % {"failed": sum(failures), "all": len(failures)}
            )

    def _chosen(self, channel_id: int | None) -> Iterable[ChannelHarvest]:
        if channel_id is None:
            due: Iterable[ChannelHarvest] = ChannelHarvest.objects.due(timezone.now()).select_related("channel__unit")
            return due
        channel = Channel.objects.select_related("unit").filter(pk=channel_id).first()
        if channel is None:
            raise CommandError(_("Kanal %(id)d tidak ada.") % {"id": channel_id})
        known = ChannelHarvest.objects.filter(channel=channel).select_related("channel__unit").first()
        return [known or self._connected(channel)]

    def _connected(self, channel: Channel) -> ChannelHarvest:
        """A channel that was never read is asked first how it can be."""
        try:
            probe = probe_channel(channel, portal_client(), timezone.now())
        except HarvestError as error:
            raise CommandError(f"{channel}: {error}") from None
        self.stdout.write(
            _("%(channel)s dibaca lewat %(endpoint)s.") % {"channel": channel, "endpoint": probe.endpoint}
        )
        return connect_channel(channel, probe)

    def _visit(self, harvest: ChannelHarvest, since: datetime | None) -> bool:
        """Visit and report; true if it failed."""
        done = visit(harvest, portal_client(), trigger="command", since=since)
        self.stdout.write(f"{harvest.channel}: {_words(done)}")
        return done.run is not None and done.run.outcome == "error"


def _words(done: Visit) -> str:
    if done.run is None:
        return _("sedang dikunjungi oleh proses lain.")
    if done.run.outcome == "error":
        return _("gagal (%(kind)s): %(note)s") % {"kind": done.run.error, "note": done.run.note}
    counts = {name: getattr(done.run, name) for name in ("seen", "new", "changed", "refused")}
    return _("%(seen)d terlihat, %(new)d baru, %(changed)d berubah, %(refused)d tidak dipakai.") % counts
