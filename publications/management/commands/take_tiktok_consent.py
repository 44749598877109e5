"""`manage.py take_tiktok_consent ID < token`: keep the consent that a TikTok account gave to the city's app.

Reads the refresh token from standard input, so that it stands in no history of commands, tries it once and keeps what
comes back, encrypted.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from opd.models import Channel
from publications.harvest.consents import give_consent
from publications.harvest.items import HarvestError
from publications.harvest.ways import is_on, portal_client


class Command(BaseCommand):
    help = "Menyimpan izin (refresh token) sebuah akun TikTok, dibaca dari masukan standar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", type=int, metavar="ID", help="kanal TikTok")

    def handle(self, **options: Any) -> None:
        channel = Channel.objects.filter(pk=options["channel"], kind="tiktok").first()
        if channel is None:
            raise CommandError(_("Kanal TikTok %(id)d tidak ada.") % {"id": options["channel"]})
        if not is_on("tiktok"):
            raise CommandError(_("TIKTOK_CLIENT_KEY dan TIKTOK_CLIENT_SECRET belum diisi."))
        token = sys.stdin.readline().strip()
        if not token:
            raise CommandError(_("Tidak ada token pada masukan standar."))
        try:
            kept = give_consent(channel.pk, token, portal_client())
        except HarvestError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_("Izin disimpan; berlaku sampai %(until)s.") % {"until": kept.refresh_until or "?"})
