"""By which way a channel is read: the client under the portal's name, the connectors, and the search for a way."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Channel

from .budgets import TokenBudgets
from .client import Client
from .connectors.base import Connector, Http, Probe, Target
from .connectors.facebook import FacebookConnector
from .connectors.feed import FeedConnector
from .connectors.instagram import InstagramConnector
from .connectors.mastodon import MastodonConnector
from .connectors.sitemap import SitemapConnector
from .connectors.threads import ThreadsConnector
from .connectors.tiktok import TikTokConnector
from .connectors.wordpress import WordPressConnector
from .connectors.x import XConnector
from .connectors.youtube import YouTubeConnector
from .consents import StoredTokens
from .fetching import Gate, Policy
from .items import HarvestError
from .records import ChannelHarvest
from .schedule import INTERVALS

#: In this order at an unknown website.
WEBSITE_CONNECTORS = ("wp_rest", "feed", "sitemap")
#: Kinds of channel that can be read at all; for the others, and while a connector is off, staff send the links.
READ_KINDS = ("website", "youtube", "mastodon", "instagram", "facebook", "x", "tiktok", "threads")
#: Where interfaces are asked whose channels' own addresses are never asked.
API_HOSTS = {
    "instagram": "https://graph.facebook.com/", "facebook": "https://graph.facebook.com/", "x": "https://api.x.com/",
    "threads": "https://graph.threads.net/", "tiktok": "https://open.tiktokapis.com/",
}  # fmt: skip


def is_on(connector: str) -> bool:
    """Whether a connector has what it needs: those of platforms are off until the city's own permission is set."""
    needed = {
        "instagram": (settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN),
        "facebook": (settings.FACEBOOK_TOKEN,),
        "x": (settings.X_TOKEN, settings.X_MONTHLY_BUDGET > 0),
        "tiktok": (settings.TIKTOK_CLIENT_KEY, settings.TIKTOK_CLIENT_SECRET),
        "threads": (settings.THREADS_TOKEN,),
    }
    return all(needed.get(connector, ()))


def portal_client(gate: Gate | None = None) -> Client:
    """The client under the portal's name; `gate`: the turns at hosts (`turns.Turns`), for all that visits channels."""
    contact = f"; {settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else ""
    own = {urlsplit(settings.SITE_URL).hostname or "", *settings.ALLOWED_HOSTS} - {"", "*"}
    return Client(
        Policy(
            user_agent=f"KIPCilegon/1.0 (+{settings.SITE_URL}/tentang/{contact})",
            own_hosts=frozenset(host.strip("[].").lower() for host in own),
            ca_file=settings.HARVEST_CA_FILE,
        ),
        gate,
    )


def connector_for(kind: str, channel_id: int = 0) -> Connector:
    """The connector with its token and budget; `channel_id` for those that have a token for each account."""
    budget = _budget(kind)
    connectors: list[Connector] = [
        WordPressConnector(), FeedConnector(), SitemapConnector(), MastodonConnector(),
        YouTubeConnector(settings.YOUTUBE_API_KEY, budget),
        InstagramConnector(settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN, budget),
        FacebookConnector(settings.FACEBOOK_TOKEN, budget), ThreadsConnector(settings.THREADS_TOKEN, budget),
        XConnector(settings.X_TOKEN, budget), TikTokConnector(StoredTokens(channel_id), budget),
    ]  # fmt: skip
    return next(connector for connector in connectors if connector.kind == kind)


def _budget(kind: str) -> TokenBudgets:
    monthly = settings.X_MONTHLY_BUDGET if kind == "x" else None
    return TokenBudgets(kind, settings.HARVEST_DAILY_CALLS, monthly)


def probe_channel(channel: Channel, http: Http, now: datetime) -> Probe:
    """How this channel can be read; the error of the last try if it cannot."""
    kinds = WEBSITE_CONNECTORS if channel.kind == "website" else (channel.kind,)
    if channel.kind not in READ_KINDS or not all(map(is_on, kinds)):
        raise HarvestError("not_a_feed", "Kanal jenis ini tidak dipanen: unit mengirim tautannya.")
    number = channel.key if channel.key.startswith("UC") else ""
    target = Target(channel.url, JAKARTA, channel.handle, number)
    problem = HarvestError("not_a_feed", "Kanal ini tidak dapat dibaca.")
    for kind in kinds:
        try:
            return connector_for(kind, channel.pk or 0).probe(target, http, now)
        except HarvestError as error:
            problem = error
    raise problem


def connect_channel(channel: Channel, probe: Probe) -> ChannelHarvest:
    """Store the way that was found; a channel that is read otherwise by now keeps its memory, not its position."""
    found = {"connector": probe.kind, "endpoint": probe.endpoint, "external_id": probe.external_id,
             "interval_minutes": INTERVALS[probe.kind], "cursor": {}}  # fmt: skip
    harvest: ChannelHarvest = ChannelHarvest.objects.update_or_create(channel=channel, defaults=found)[0]
    return harvest
