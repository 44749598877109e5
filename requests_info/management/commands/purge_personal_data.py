"""Take personal data whose retention has ended. Without --delete it only says what would go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from requests_info.services.purging import due_for_purge, purge, purge_code_mails, sweep_purged_files


class Command(BaseCommand):
    help = "Menghapus data pribadi yang masa simpannya berakhir; baris register tetap. Tanpa --delete hanya menghitung."

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--dry-run", action="store_true", help="hanya menyebut apa yang akan dihapus (bawaan)")
        only.add_argument("--delete", action="store_true", help="menghapus, untuk selamanya")

    def handle(self, *args: Any, dry_run: bool, delete: bool, **options: Any) -> None:
        due = due_for_purge()
        for subject in due.subjects:
            done = purge(subject) if delete else False
            self.stdout.write(f"{subject.number}: {_('dihapus') if done else _('akan dihapus')}")
        counts = {"count": len(due.subjects), "years": settings.PERSONAL_DATA_YEARS, "held": due.held}
        self.stdout.write(
            _("%(count)d perkara ditutup lebih dari %(years)d tahun lalu; %(held)d ditahan keberatan atau sengketa.")
            % counts
        )
        if delete:
            left = {"mails": purge_code_mails(), "files": sweep_purged_files()}
            self.stdout.write(_("%(mails)d surel kode dan %(files)d sisa berkas dihapus.") % left)
        elif due.subjects:
            self.stdout.write(_("Belum ada yang dihapus. Jalankan dengan --delete untuk menghapus."))
