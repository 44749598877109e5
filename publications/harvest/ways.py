"""By which way a channel is read: the client under the portal's name, the connectors, and the search for a way."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings

from opd.models import Channel

from .client import Client
from .connectors.base import Connector, Http, Probe, Target
from .connectors.feed import FeedConnector
from .connectors.instagram import InstagramConnector
from .connectors.mastodon import MastodonConnector
from .connectors.sitemap import SitemapConnector
from .connectors.wordpress import WordPressConnector
from .connectors.youtube import YouTubeConnector
from .fetching import Gate, Policy
from .items import HarvestError
from .records import ChannelHarvest
from .schedule import INTERVALS

#: In this order at an unknown website.
WEBSITE_CONNECTORS = ("wp_rest", "feed", "sitemap")
#: Kinds of channel that are read at all; for the others staff send the links.
READ_KINDS = ("website", "youtube", "mastodon", "instagram")


def is_on(connector: str) -> bool:
    """Whether a connector has what it needs: Instagram's is off until the city's account and token are set."""
    return connector != "instagram" or bool(settings.INSTAGRAM_ACCOUNT_ID and settings.INSTAGRAM_TOKEN)


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


def connector_for(kind: str) -> Connector:
    connectors: list[Connector] = [
        WordPressConnector(), FeedConnector(), SitemapConnector(), YouTubeConnector(), MastodonConnector(),
        InstagramConnector(settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN),
    ]  # fmt: skip
    return next(connector for connector in connectors if connector.kind == kind)


def probe_channel(channel: Channel, http: Http, now: datetime) -> Probe:
    """How this channel can be read; the error of the last try if it cannot."""
    kinds = WEBSITE_CONNECTORS if channel.kind == "website" else (channel.kind,)
    if channel.kind not in READ_KINDS:
        raise HarvestError("not_a_feed", "Kanal jenis ini tidak dipanen: unit mengirim tautannya.")
    number = channel.key if channel.key.startswith("UC") else ""
    target = Target(channel.url, ZoneInfo("Asia/Jakarta"), channel.handle, number)
    problem = HarvestError("not_a_feed", "Kanal ini tidak dapat dibaca.")
    for kind in kinds:
        try:
            return connector_for(kind).probe(target, http, now)
        except HarvestError as error:
            problem = error
    raise problem


def connect_channel(channel: Channel, probe: Probe) -> ChannelHarvest:
    """Store the way that was found; a channel that is read otherwise by now keeps its memory, not its position."""
    found = {"connector": probe.kind, "endpoint": probe.endpoint, "external_id": probe.external_id,
             "interval_minutes": INTERVALS[probe.kind], "cursor": {}}  # fmt: skip
    harvest: ChannelHarvest = ChannelHarvest.objects.update_or_create(channel=channel, defaults=found)[0]
    return harvest
