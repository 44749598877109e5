"""`manage.py finalise_ranking 2023-01 [--despite-open] [--by NAME]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import parse_month
from opd.models import User
from rankings.finalising import AlreadyFinalError, OpenQuestions, finalise_ranking, open_questions
from rankings.models import Ranking
from rankings.services import RankingError, newest_of


class Command(BaseCommand):
    help = "Memfinalkan rancangan peringkat sebulan, sesudah masa sanggahannya lewat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", metavar="BULAN", help="bulan, misalnya 2023-01")
        parser.add_argument("--despite-open", action="store_true", help="finalkan meskipun masih ada yang terbuka")
        parser.add_argument("--by", metavar="NAMA", help="nama pengguna yang memfinalkan, untuk dicatat")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = parse_month(options["month"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        before = newest_of(month)
        if before is not None and before.status == Ranking.Status.DRAFT:
            self._show(open_questions(before))
        try:
            ranking = finalise_ranking(
                month=month, actor=person_named(options["by"]), despite_open=options["despite_open"]
            )
        except AlreadyFinalError as answer:
            self.stdout.write(str(answer))
            return
        except RankingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Peringkat %(month)s revisi %(revision)d kini final. SHA-256 masukan: %(sha256)s")
            % {"month": ranking, "revision": ranking.revision, "sha256": ranking.input_sha256}
        )

    def _show(self, found: OpenQuestions) -> None:
        for unit in found.waiting:
            self.stdout.write(_("Menunggu verifikasi: %(unit)s, %(n)d publikasi") % {"unit": unit, "n": unit.waiting})  # type: ignore[attr-defined]
        for rebuttal in found.rebuttals:
            self.stdout.write(_("Sanggahan belum diputuskan: %(unit)s") % {"unit": rebuttal.unit})
        for entry in found.not_measured:
            self.stdout.write(_("Kanal tidak terukur: %(unit)s") % {"unit": entry.unit})


def person_named(username: str | None) -> User | None:
    if not username:
        return None
    person: User | None = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(_("Tidak ada pengguna aktif bernama %(name)s.") % {"name": username})
    return person
