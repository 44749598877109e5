"""Bring all personal data under the first key, so that the old keys can be dropped."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cilegon_kip.common.key_rotation import Count, encrypted_tables, rotate
from requests_info.services.files import rotate_files


class Command(BaseCommand):
    help = "Mengenkripsi ulang data pribadi dengan kunci pertama PERSONAL_DATA_KEYS; aman selagi portal berjalan."

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--dry-run", action="store_true", help="hanya menghitung, tidak menulis")
        only.add_argument(
            "--check", action="store_true", help="hanya menghitung; gagal bila masih ada yang memerlukan kunci lama"
        )

    def handle(self, *args: Any, dry_run: bool, check: bool, **options: Any) -> None:
        writes = not dry_run and not check
        counts = {table.name: rotate(table, write=writes) for table in encrypted_tables()}
        counts[_("berkas permohonan")] = rotate_files(write=writes)
        for name, count in counts.items():
            self.stdout.write(self._line(name, count, writes))
        old, unreadable = (sum(getattr(count, name) for count in counts.values()) for name in ("old", "unreadable"))
        busy = sum(len(count.busy) for count in counts.values())
        if unreadable:
            raise CommandError(
                _("%(count)d nilai tidak terbuka dengan kunci mana pun: kembalikan kunci lama ke PERSONAL_DATA_KEYS.")
                % {"count": unreadable}
            )
        if (check and old) or busy:
            raise CommandError(
                _("%(count)d nilai masih memerlukan kunci lama. Jangan hapus kunci itu.") % {"count": busy or old}
            )
        if check:
            self.stdout.write(_("Semua memakai kunci pertama; kunci lain boleh dihapus."))

    def _line(self, name: str, count: Count, writes: bool) -> str:
        words = _("%(old)d ditulis ulang") if writes else _("%(old)d memerlukan kunci lama")
        line = f"{name}: {count.current} {_('memakai kunci pertama')}, {words % {'old': count.old}}"
        return line + (f", {count.unreadable} {_('tidak terbuka')}" if count.unreadable else "")
