"""Make the log-ins for trying the portal; their passwords are shown once and kept in var/staff.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from opd.staff import StaffError, create_staff, table


class Command(BaseCommand):
    help = "Membuat akun staf untuk mencoba portal. Boleh dijalankan berulang kali."

    def handle(self, **_options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                _("create_staff hanya untuk mencoba portal; di server buat akun dengan createsuperuser.")
            )
        path = Path(settings.VAR_DIR) / "staff.txt"
        try:
            logins = create_staff(path)
        except (StaffError, OSError) as error:
            raise CommandError(str(error)) from error
        if logins:
            self.stdout.write(_("Akun staf (kata sandi disimpan di %(path)s):") % {"path": path})
            self.stdout.write(table(logins))
        elif not path.exists():
            self.stdout.write(_("Akun staf sudah ada, tetapi %(path)s hilang; pakai changepassword.") % {"path": path})
        else:
            self.stdout.write(_("Akun staf sudah ada; kata sandinya tersimpan di %(path)s.") % {"path": path})
