"""Requests on the workspace's home: how many wait for this person's unit, or for the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from opd.permissions import may
from requests_info import desk
from requests_info.models import InformationRequest
from requests_info.services.files import HANDLE, files_for

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


@register.inclusion_tag("admin/requests_info/_messages_plate.html")
def messages_plate(case: InformationRequest, user: Any) -> dict[str, Any]:
    """On the page of a case: messages that wait, for the desk; files that were handed on, for a unit."""
    if may(user, HANDLE):
        return {
            "case": case,
            "is_desk": True,
            "count": case.messages.count(),
            "waiting": case.messages.waiting().count(),
            "file_count": case.files.kept().count(),
        }
    return {"case": case, "files": [file for file in files_for(user, case) if file.purged_at is None]}
