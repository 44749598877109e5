"""The lines to copy, where a page offers its badge or its frame."""

from __future__ import annotations

from typing import Any

from django import template

from opd.models import Category, Unit
from rankings.embeds.snippets import badge_image, table_frame, unit_frame

register = template.Library()


@register.inclusion_tag("embeds/_unit_offer.html")
def unit_embeds(unit: Unit) -> dict[str, Any]:
    return {"unit": unit, "badge": badge_image(unit), "frame": unit_frame(unit)}


@register.inclusion_tag("embeds/_table_offer.html")
def table_embed(category: Category) -> dict[str, Any]:
    return {"category": category, "frame": table_frame(category)}
