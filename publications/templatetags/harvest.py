"""What Diskominfo should know of the harvest itself, for the workspace's home and the page of channels."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from opd.permissions import is_citywide
from publications.harvest.tokens import token_problems

register = template.Library()


@register.inclusion_tag("admin/channels/_notices.html")
def harvest_notices(user: Any, *, with_switch: bool = False) -> dict[str, Any]:
    """Tokens that end or have ended; `with_switch`: also that no channel is visited by itself here."""
    return {
        "problems": token_problems(timezone.now()) if is_citywide(user) else [],
        "is_off": with_switch and not settings.HARVEST_ENABLED,
    }
