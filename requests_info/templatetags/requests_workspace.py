"""Requests on the workspace's home: how many wait for this person's unit, or for the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from opd.permissions import may
from requests_info import desk

register = template.Library()


@register.inclusion_tag("admin/requests_info/_plate.html")
def request_plate(user: Any) -> dict[str, Any]:
    if not may(user, "requests_info.view_informationrequest"):
        return {}
    today = local_day(timezone.now())
    counts = desk.counts(user, today)
    return {"open": counts["terbuka"], "late": counts["lewat"]}


@register.inclusion_tag("admin/requests_info/_objection_plate.html")
def objection_plate(user: Any) -> dict[str, Any]:
    if not may(user, "requests_info.view_objection"):
        return {}
    today = local_day(timezone.now())
    return {
        "open": desk.objections(user, "terbuka", today).count(),
        "late": desk.objections(user, "lewat", today).count(),
    }
