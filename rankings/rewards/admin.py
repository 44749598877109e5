"""The rules in the workspace: Diskominfo writes them; what a used rule asks stays as it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from opd.workspace import CityAdmin

from .models import RewardRule
from .wording import NAMES

FIXED = ("condition", "threshold", "letter_kind", "is_certificate", "due_working_days", "effective_from")


@admin.register(RewardRule)
class RewardRuleAdmin(CityAdmin):
    list_display = ("name", "condition", "threshold", "is_active")
    list_filter = ("kind", "is_active")
    ordering = ("kind", "threshold", "pk")
    fields = (
        "name",
        "slug",
        ("condition", "threshold"),
        ("letter_kind", "is_certificate"),
        "due_working_days",
        ("effective_from", "effective_until"),
        "is_active",
        "wording",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("slug", *FIXED) if obj.proposals.exists() else ("slug",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        places = "; ".join(f"{{{name}}} {words}" for name, words in NAMES.items())
        text = _("Paragraf dipisah baris kosong; baris yang diawali “- ” menjadi butir. Isian: %(places)s.")
        kwargs["help_texts"] = {"wording": text % {"places": places}}
        return super().get_form(request, obj, change, **kwargs)
