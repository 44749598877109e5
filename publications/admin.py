"""The workspace's screens for postings and gaps in measuring; those for activities are in `activity_admin`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opd.models import Channel
from opd.permissions import is_citywide, may
from opd.workspace import UnitScopedAdmin

from .activity_admin import ActivityAdmin
from .desk import MonthFilter, short_day, with_reason
from .documents.admin import ChecklistItemAdmin, ChecklistLinkAdmin, DocumentAdmin
from .forms import DayInput
from .models import CoverageGap, Publication
from .services import review_publication

__all__ = [
    "ActivityAdmin",
    "ChecklistItemAdmin",
    "ChecklistLinkAdmin",
    "CoverageGapAdmin",
    "DocumentAdmin",
    "PublicationAdmin",
]


@admin.register(Publication)
class PublicationAdmin(UnitScopedAdmin):
    """Evidence: nobody edits it. Diskominfo decides about it, the unit reads why."""

    list_display = ("title_or_link", "unit", "state", "seen_day")
    show_facets = admin.ShowFacets.NEVER
    list_filter = ("state", "kind", MonthFilter)
    list_select_related = ("unit",)
    search_fields = ("title", "permalink")
    search_help_text = gettext_lazy("Cari judul atau tautan")
    ordering = ("-first_seen_at", "-pk")
    actions = ("accept_selected", "reject_selected")
    change_form_template = "admin/publications/publication.html"
    fields = (
        "unit", "kind", "title", "link", "activity", "published_at", "date_basis", "claimed_raw", "first_seen_at",
        "origin", "state", "flags", "reason", "reviewed_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("search", "excerpt")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        if self.get_own_unit(request):
            return ("title_or_link", "kind", "state", "seen_day")
        return self.list_display

    @admin.display(description=gettext_lazy("publikasi"), ordering="title")
    def title_or_link(self, publication: Publication) -> str:
        return publication.title or publication.permalink or str(publication.pk)

    @admin.display(description=gettext_lazy("terlihat"), ordering="first_seen_at")
    def seen_day(self, publication: Publication) -> str | None:
        return short_day(publication.first_seen_at)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Publikasi"), **(extra_context or {})})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """Who may judge it finds the desk's page of what waits."""
        return super().change_view(
            request, object_id, form_url, {"can_review": self.has_review_permission(request), **(extra_context or {})}
        )

    @admin.display(description=gettext_lazy("tautan"))
    def link(self, publication: Publication) -> str:
        if not publication.permalink:
            return ""
        return format_html('<a href="{0}" rel="noopener noreferrer">{0}</a>', publication.permalink)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_review_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "publications.review_publication")

    @admin.action(description=gettext_lazy("Terima"), permissions=["review"])
    def accept_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return self._decide(request, rows, "accepted", _("Terima publikasi"), _("Terima"))

    @admin.action(description=gettext_lazy("Tolak"), permissions=["review"])
    def reject_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return self._decide(request, rows, "rejected", _("Tolak publikasi"), _("Tolak"))

    def _decide(
        self, request: HttpRequest, rows: QuerySet[Any], verdict: str, title: str, verb: str
    ) -> HttpResponse | None:
        def act(row: Publication, reason: str) -> None:
            review_publication(publication_id=row.pk, actor=request.user, verdict=verdict, reason=reason)  # type: ignore[arg-type]
            self.log_change(request, row, f"{verb}: {reason}")

        action = "accept_selected" if verdict == "accepted" else "reject_selected"
        return with_reason(self, request, rows, action=action, title=title, verb=verb, act=act)


class ChannelChoice(forms.ModelChoiceField):
    def label_from_instance(self, channel: Any) -> str:
        return f"{channel.unit.name} – {channel}"


@admin.register(CoverageGap)
class CoverageGapAdmin(UnitScopedAdmin):
    unit_path = "channel__unit"
    list_display = ("channel", "started_on", "ended_on", "reason", "is_derived")
    list_filter = ("is_derived",)
    list_select_related = ("channel__unit",)
    search_fields = ("channel__unit__name", "reason")
    fields = ("channel", "started_on", "ended_on", "reason")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["form_class"] = ChannelChoice
        kwargs["queryset"] = Channel.objects.verified().select_related("unit").order_by("unit__name", "kind")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("started_on", "ended_on"):
            kwargs["widget"] = DayInput()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "channel" and field is not None:
            field.widget = field.widget.widget
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What the record of visits says is renewed from it, and changed by nobody."""
        return not (obj and obj.is_derived) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.is_derived) and super().has_delete_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_citywide(request.user)
