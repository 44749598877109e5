"""Whose an account is: the unit's own verified site links to it. Only a proposal; a person verifies."""

from __future__ import annotations

import json

from django.utils.crypto import salted_hmac
from lxml import etree, html

from opd.channels import Address, ChannelError, normalise
from opd.models import Channel, Unit
from publications.harvest.addresses import absolute
from publications.harvest.connectors.base import Http
from publications.harvest.decoding import decode
from publications.harvest.fetching import PAGE
from publications.harvest.guarded import in_child
from publications.harvest.items import HarvestError

MAX_SITES, MAX_LINKS = 3, 2000


def linking_page(unit: Unit, address: Address, http: Http) -> str:
    """The front page of a verified site of the unit that links to the account; empty if none does."""
    sites = Channel.objects.verified().filter(unit=unit, kind="website", closed_on=None, is_sample=False)
    for site in sites.exclude(kind=address.kind, key=address.key).order_by("pk")[:MAX_SITES]:
        try:
            page = http.get(site.url, accept=PAGE)
            links = links_of(page.body, page.content_type, page.url)
        except HarvestError:
            continue
        if any(_is_same(link, address) for link in links):
            return page.url[:600]
    return ""


def links_of(body: bytes, content_type: str, url: str) -> list[str]:
    """Where a stranger's page links to, read in a child process with a time limit."""
    told: list[str] = json.loads(in_child(lambda: json.dumps(_links(body, content_type, url)).encode()))
    return told


def _links(body: bytes, content_type: str, url: str) -> list[str]:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    text = decode(body, content_type).replace("\x00", "")
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    found = (absolute(link.get("href") or "", url) for link in root.iter("a"))
    return list(dict.fromkeys(filter(None, found)))[:MAX_LINKS]


def _is_same(link: str, address: Address) -> bool:
    try:
        found = normalise(link)
    except ChannelError:
        return False
    return (found.kind, found.key) == (address.kind, address.key)


def proof_token(channel: Channel) -> str:
    """What a unit puts on its channel for a moment to show that it is its own; another account has another one."""
    digest = salted_hmac("publications.channels.proof", f"{channel.unit_id} {channel.kind} {channel.key}").hexdigest()
    return f"KIP-{digest[:4]}-{digest[4:8]}".upper()
