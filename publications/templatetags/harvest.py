"""What Diskominfo should know of the harvest itself, for the workspace's home and the page of channels."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from opd.permissions import is_citywide
from publications.harvest.planning import delay_words
from publications.harvest.tokens import token_problems

register = template.Library()


@register.inclusion_tag("admin/channels/_notices.html")
def harvest_notices(user: Any, *, with_switch: bool = False) -> dict[str, Any]:
    """Tokens that end, and visits that nobody makes; `with_switch`: also that none are made by themselves here."""
    now = timezone.now()
    return {
        "problems": [*token_problems(now), *delay_words(now)] if is_citywide(user) else [],
        "is_off": with_switch and not settings.HARVEST_ENABLED,
    }
