"""Turning the second step on and off, and checking its codes. Codes and guessing limits are `django_otp`'s."""

from __future__ import annotations

from typing import Any

import django_otp
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from opd.models import User
from opd.services import OpdError

RECOVERY_CODES = 10
PASSED = "second_factor"


def device_of(user: User, *, confirmed: bool) -> TOTPDevice | None:
    """The user's phone: the one that counts, or the one that is being set up."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=confirmed).first()
    return device


@transaction.atomic
def begin_setup(*, user: User) -> None:
    """Make the secret that the phone is to learn; an unfinished earlier one is dropped."""
    _refuse_second(User.objects.select_for_update().get(pk=user.pk))
    TOTPDevice.objects.filter(user=user).delete()
    TOTPDevice.objects.create(user=user, name="totp", confirmed=False)


@transaction.atomic
def confirm_setup(*, user: User, code: str) -> list[str]:
    """Turn the second step on, once the phone shows the right code; the codes for paper are told only here."""
    account = User.objects.select_for_update().get(pk=user.pk)
    _refuse_second(account)
    device = device_of(user, confirmed=False)
    if device is None or not _fits(user, device, code):
        return []
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    account.second_factor_since = user.second_factor_since = timezone.now()
    account.save(update_fields=["second_factor_since"])
    _record(user, user, _("Langkah kedua dinyalakan."))
    return _new_codes(user)


@transaction.atomic
def renew_codes(*, user: User) -> list[str]:
    """Ten new codes for paper; those handed out before end."""
    _record(user, user, _("Kode cadangan diganti."))
    return _new_codes(user)


@transaction.atomic
def turn_off(*, user: User, actor: User) -> None:
    """Log-in by password alone again: by the user, or by who manages the account when the phone is lost."""
    if not User.objects.filter(pk=user.pk, second_factor_since__isnull=False).update(second_factor_since=None):
        raise OpdError(_("Langkah kedua akun ini memang tidak menyala."))
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    user.second_factor_since = None
    _record(user, actor, _("Langkah kedua dimatikan."))


def is_right(*, user: User, code: str) -> bool:
    """Whether the code opens the account. Each opens once; wrong ones make the next wait, longer each time."""
    code = "".join(code.split()).replace("-", "").lower()
    if code.isdecimal():
        device: Any = device_of(user, confirmed=True)
    else:
        device = StaticDevice.objects.filter(user=user).first()
    return device is not None and _fits(user, device, code)


def pass_with(session: SessionBase, user: User) -> None:
    """Note in the session that the second step was taken, as it stands now: set up anew, it is asked for again."""
    session.cycle_key()
    session[PASSED] = _mark(user)


def is_waiting(session: SessionBase, user: User) -> bool:
    """Whether the password was right and the second step is still to be taken."""
    return user.second_factor_since is not None and session.get(PASSED) != _mark(user)


def _mark(user: User) -> str:
    return user.second_factor_since.isoformat() if user.second_factor_since else ""


def _refuse_second(account: User) -> None:
    if account.second_factor_since is not None:
        raise OpdError(_("Langkah kedua akun ini sudah menyala."))


def _fits(user: User, device: Any, code: str) -> bool:
    return django_otp.verify_token(user, device.persistent_id, code) is not None


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="paper")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _record(user: User, actor: User, message: str) -> None:
    LogEntry.objects.log_actions(actor.pk, [user], CHANGE, message, single_object=True)
