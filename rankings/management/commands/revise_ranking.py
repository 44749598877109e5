"""`manage.py revise_ranking 2023-01 --reason "…" [--by NAME]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import parse_month
from rankings.finalising import revise_ranking
from rankings.services import RankingError

from .finalise_ranking import person_named


class Command(BaseCommand):
    help = "Memulai revisi peringkat final: rancangan baru yang menyebut yang lama; yang lama tetap seperti adanya."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", metavar="BULAN", help="bulan, misalnya 2023-01")
        parser.add_argument("--reason", required=True, metavar="ALASAN", help="alasan revisi, dibaca publik")
        parser.add_argument("--by", metavar="NAMA", help="nama pengguna yang merevisi")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = parse_month(options["month"])
            ranking = revise_ranking(month=month, reason=options["reason"], actor=person_named(options["by"]))
        except (ValueError, RankingError) as error:
            raise CommandError(str(error)) from error
        until = date_format(ranking.objection_until, "j F Y") if ranking.objection_until else ""
        self.stdout.write(
            _("Revisi %(revision)d peringkat %(month)s dibuat sebagai rancangan; masa sanggahan sampai %(day)s.")
            % {
                "month": ranking,
                "revision": ranking.revision,
                "day": until,
            }
        )
