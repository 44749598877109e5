"""The tokens of accounts that gave their consent one by one (TikTok): they change with use, and each change is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from .connectors.base import Http
from .connectors.tiktok import renewed
from .items import HarvestError
from .records import AccountToken

#: So long before its end an access token is renewed.
MARGIN = timedelta(minutes=5)
NO_CONSENT = "Pemilik akun TikTok ini belum memberi izin."


@dataclass(frozen=True)
class StoredTokens:
    """The tokens of one channel's account."""

    channel_id: int

    def access(self, http: Http) -> str:
        """A token that is still good, renewed if need be; the channel's lease keeps others from using it up."""
        row = AccountToken.objects.filter(channel_id=self.channel_id).first()
        if row is None:
            raise HarvestError("auth", NO_CONSENT)
        if row.access and row.access_until and row.access_until > timezone.now() + MARGIN:
            return str(row.access)
        return renew(row, http)


def renew(row: AccountToken, http: Http) -> str:
    """Ask for new tokens and store them; HarvestError `auth` where the consent has ended."""
    key, secret = settings.TIKTOK_CLIENT_KEY, settings.TIKTOK_CLIENT_SECRET
    row.access, seconds, row.refresh, refresh_seconds = renewed(http, key, secret, row.refresh)
    now = timezone.now()
    row.access_until = now + timedelta(seconds=seconds)
    row.refresh_until = now + timedelta(seconds=refresh_seconds) if refresh_seconds else None
    row.save()
    return str(row.access)


def give_consent(channel_id: int, refresh_token: str, http: Http) -> AccountToken:
    """Take over the refresh token that the account's owner got from TikTok; it is tried before it is kept."""
    row = AccountToken.objects.filter(channel_id=channel_id).first() or AccountToken(channel_id=channel_id)
    row.refresh = refresh_token
    renew(row, http)
    return row
