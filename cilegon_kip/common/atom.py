"""What the portal's Atom feeds (RFC 4287) have in common."""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date

from .jakarta import JAKARTA

#: The date of a feed without entries: that of the portal, so that an empty feed does not change at every visit.
BEGINNING = datetime(2023, 1, 1, tzinfo=JAKARTA)
KEPT = 300


class PortalFeed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        dates = [item["updateddate"] for item in self.items]
        return max(dates, default=BEGINNING)


def answer(request: HttpRequest, feed: PortalFeed, changed_at: datetime | None = None) -> HttpResponse:
    """The feed, or 304; `changed_at` where something that is no longer in the feed may be what changed last."""
    body = feed.writeString("utf-8").encode()
    changed = int(max(feed.latest_post_date(), changed_at or BEGINNING).timestamp())
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    patch_cache_control(response, public=True, max_age=KEPT)
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response) or response


def tag(name: str) -> str:
    """An id that stays whatever the address becomes (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2023:{name}"


def to_second(moment: datetime) -> datetime:
    return moment.astimezone(JAKARTA).replace(microsecond=0)


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
