"""What would keep mail from going out, or let it go out in the wrong name, told by `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning, register

#: A citizen's letter was once answered from one of these.
PRIVATE_PROVIDERS = ("gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.id", "outlook.com", "hotmail.com")


@register(deploy=True)
def mail_goes_out_officially(**_kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.EMAIL_IS_SET:
        hint = "Isi EMAIL_URL, misalnya submission://pengguna:sandi@surel.contoh.go.id:587."
        found.append(
            Info("EMAIL_URL belum diisi: surel diserahkan ke localhost, port 25.", hint=hint, id="correspondence.I001")
        )
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ").lower()
    if domain in PRIVATE_PROVIDERS:
        hint = "Isi DEFAULT_FROM_EMAIL dengan alamat dinas."
        found.append(Warning("Surel dikirim dari alamat pribadi.", hint=hint, id="correspondence.W002"))
    return found
