"""Tokens that end: asked for daily, told by mail and in the workspace before it happens. The token is in no message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, midnight
from correspondence.services import desk_addresses, queue_mail

from .connectors.base import Http, json_of
from .connectors.meta import ANSWERS_WITH_REASON, VERSION, api_error
from .fetching import JSON
from .items import HarvestError
from .token_records import HarvestToken
from .ways import is_on

INSTAGRAM = "instagram"
#: A warning goes out when so many days are left, once each.
WARN_DAYS = (14, 7, 2, 0)


@dataclass(frozen=True)
class TokenFacts:
    """What Meta says of a token; no date means that it does not end."""

    is_valid: bool
    expires_at: datetime | None


def read_debug(body: bytes) -> TokenFacts:
    """Meta's answer of `debug_token`: the token ends with the earlier of its own end and that of its data access."""
    told = json_of(body)
    if isinstance(told, dict) and isinstance(told.get("error"), dict):
        raise api_error(told["error"], "Instagram")
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("is_valid"), bool):
        raise HarvestError("not_a_feed", "Meta tidak menjelaskan token ini.")
    ends = [data.get(name) for name in ("expires_at", "data_access_expires_at")]
    known = [end for end in ends if isinstance(end, int) and 0 < end < 2**33]
    return TokenFacts(data["is_valid"], datetime.fromtimestamp(min(known), UTC) if known else None)


def check_instagram(http: Http, now: datetime) -> HarvestToken | None:
    """Ask how long the token holds, keep the answer, and warn; None where Instagram is off.

    Where Meta cannot be asked, the date of the settings holds, else what was known before.
    """
    if not is_on(INSTAGRAM):
        HarvestToken.objects.filter(kind=INSTAGRAM).delete()
        return None
    values: dict[str, object] = {"checked_at": now, "problem": ""}
    try:
        facts = _ask_meta(http)
        values |= {"is_valid": facts.is_valid, "expires_at": facts.expires_at or _set_date()}
    except HarvestError as error:
        values |= {"problem": str(error)[:300], "is_valid": error.kind != "auth"}
        if _set_date():
            values["expires_at"] = _set_date()
    token: HarvestToken = HarvestToken.objects.update_or_create(kind=INSTAGRAM, defaults=values)[0]
    _warn(token, now)
    return token


def token_problems(now: datetime) -> list[str]:
    """Sentences for the workspace; no query where no token is in use."""
    if not is_on(INSTAGRAM):
        return []
    token = HarvestToken.objects.filter(kind=INSTAGRAM).first()
    if token is None:
        return []
    if _stage(token, now) is not None:
        return [_sentence(token, now)]
    if token.problem and token.expires_at is None:
        return [_("Masa berlaku token Instagram belum dapat diperiksa: %(problem)s") % {"problem": token.problem}]
    return []


def _ask_meta(http: Http) -> TokenFacts:
    token = settings.INSTAGRAM_TOKEN
    url = f"https://graph.facebook.com/{VERSION}/debug_token?input_token={quote(token, safe='')}"
    headers = {"Authorization": f"Bearer {token}"}
    return read_debug(http.get(url, accept=JSON, headers=headers, also=ANSWERS_WITH_REASON).body)


def _set_date() -> datetime | None:
    """The last day by the settings ends with its midnight in Jakarta."""
    day = settings.INSTAGRAM_TOKEN_EXPIRES_ON
    return midnight(day + timedelta(days=1)) if day else None


def _stage(token: HarvestToken, now: datetime) -> int | None:
    """The number of WARN_DAYS that has been reached; None while there is time."""
    if not token.is_valid:
        return 0
    if token.expires_at is None:
        return None
    left = token.expires_at - now
    return min((days for days in WARN_DAYS if left <= timedelta(days=days)), default=None)


def _sentence(token: HarvestToken, now: datetime) -> str:
    if not token.is_valid or (token.expires_at is not None and token.expires_at <= now):
        return _("Token Instagram tidak berlaku lagi: akun Instagram unit tidak terbaca.")
    assert token.expires_at is not None  # noqa: S101  (what is valid and has a stage has an end)
    return _("Token Instagram berakhir pada %(moment)s WIB.") % {
        "moment": date_format(token.expires_at.astimezone(JAKARTA), "j F Y H.i")
    }


def _warn(token: HarvestToken, now: datetime) -> None:
    """One mail for each stage of each token's end."""
    stage, addresses = _stage(token, now), desk_addresses()
    if stage is None or not addresses:
        return
    end = f"{token.expires_at:%Y%m%d}" if token.expires_at else f"{now:%Y%m}"
    queue_mail(
        key=f"token:{token.kind}:{end}:{stage}",
        to=addresses,
        subject=_sentence(token, now),
        template="publications/emails/token_ends",
        context={"sentence": _sentence(token, now), "is_over": stage == 0},
    )
