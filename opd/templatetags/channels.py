"""Channels in templates (icon, name, address), and large numbers."""

from django import template
from django.utils.formats import number_format

from cilegon_kip.common.links import is_real_address, short_address
from opd.models import ChannelKind

register = template.Library()

ICONS = {
    "portal": "beam",
    "website": "globe",
    "instagram": "instagram",
    "facebook": "facebook",
    "youtube": "youtube",
    "x": "twitter-x",
    "tiktok": "tiktok",
    "threads": "threads",
    "mastodon": "mastodon",
    "news": "newspaper",
}
NAMES = {**dict(ChannelKind.choices), "portal": "Portal", "news": "Liputan media"}


@register.filter
def channel_icon(kind: str) -> str:
    """The template of the kind's icon, for `{% include kind|channel_icon %}`."""
    return f"icons/{ICONS.get(kind, 'link-45deg')}.svg"


@register.filter
def channel_name(kind: str) -> str:
    return str(NAMES.get(kind, kind))


@register.filter
def grouped(number: int) -> str:
    """17.655"""
    return number_format(number, 0, force_grouping=True)


register.filter("is_real_address", is_real_address)
register.filter("short_address", short_address)
