"""Taking a case, giving it back, taking it over: what the page of a case offers, and the service behind each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opd.models import User
from opd.permissions import may

from . import services
from .models import Claim, InformationRequest
from .text_fields import LineField


class TakeOverForm(forms.Form):
    reason = LineField(
        label=_("Alasan mengambil alih"), max_length=500, help_text=_("Petugas lain membacanya; pemohon tidak.")
    )


@dataclass(frozen=True)
class ClaimStep:
    form: type[forms.Form]
    service: Callable[..., Any]


CLAIM_FORMS = {
    "claim": ClaimStep(forms.Form, services.claim_request),
    "release": ClaimStep(forms.Form, services.release_request),
    "take_over": ClaimStep(TakeOverForm, services.take_over_request),
}


def claim_forms_of(case: InformationRequest, claim: Claim | None, user: User, data: Any) -> dict[str, forms.Form]:
    """The one step that fits: whether it may be taken, the service decides."""
    if not case.is_open or not may(user, "requests_info.handle_informationrequest"):
        return {}
    name = "claim" if claim is None else "release" if claim.user_id == user.pk else "take_over"
    return {name: CLAIM_FORMS[name].form(data, auto_id=f"{name}_%s")}
