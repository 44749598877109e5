"""The workspace's screens for activities, postings and gaps in measuring."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opd.models import Category, Channel
from opd.permissions import is_citywide, may, units_for
from opd.workspace import UnitScopedAdmin

from .desk import MonthFilter, each_row, short_day, with_reason
from .forms import LINK_FIELDS, ActivityForm, DayInput, PhotoForm
from .merging import MergeError, merge_activities
from .models import Activity, CoverageGap, Photo, Publication
from .photos import files_undone_on_failure
from .services import (
    PublicationError,
    publish_activity,
    refresh_portal_publication,
    review_publication,
    submit_link,
    withdraw_activity,
)


class PhotoInline(admin.StackedInline):
    """Photos of this activity only; rights are the activity's."""

    model = Photo
    form = PhotoForm
    extra = 2
    max_num = 12
    fields = ("file", "alt")
    verbose_name = gettext_lazy("foto")
    verbose_name_plural = gettext_lazy("foto")
    template = "admin/publications/photo_inline.html"

    def _may(self, act: str, request: HttpRequest, obj: Activity | None) -> bool:
        closed = obj is not None and obj.status == Activity.Status.WITHDRAWN and act != "view"
        return not closed and may(request.user, f"publications.{act}_photo", obj)

    def has_view_permission(self, request: HttpRequest, obj: Activity | None = None) -> bool:
        return self._may("view", request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Activity | None = None) -> bool:
        return self._may("add", request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Activity | None = None) -> bool:
        return self._may("change", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Activity | None = None) -> bool:
        return self._may("delete", request, obj)


@admin.register(Activity)
class ActivityAdmin(UnitScopedAdmin):
    form = ActivityForm
    inlines = (PhotoInline,)
    list_display = ("title", "unit", "status", "published_day")
    show_facets = admin.ShowFacets.NEVER
    list_filter = ("status", MonthFilter)
    list_select_related = ("unit",)
    search_fields = ("title", "place")
    search_help_text = gettext_lazy("Cari judul atau tempat")
    ordering = ("-created_at",)
    actions = ("publish_selected", "withdraw_selected", "merge_selected")
    change_form_template = "admin/publications/activity_form.html"

    # --- what is shown ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("search")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return ("title", "status", "published_day") if self.get_own_unit(request) else self.list_display

    @admin.display(description=gettext_lazy("terbit"), ordering="published_at", empty_value="–")
    def published_day(self, activity: Activity) -> str | None:
        return short_day(activity.published_at)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Kegiatan"), **(extra_context or {})})

    def get_fields(self, request: HttpRequest, obj: Activity | None = None) -> tuple[str, ...]:
        fields: tuple[str, ...] = ("title", "text", "happened_on", "place", "theme")
        if obj is None and not self.get_own_unit(request):
            fields = ("unit", *fields)
        return fields if obj and obj.status == Activity.Status.WITHDRAWN else (*fields, *LINK_FIELDS)

    def get_form(self, request: HttpRequest, obj: Activity | None = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["fields"] = [name for name in self.get_fields(request, obj) if name not in LINK_FIELDS]
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.own_unit = obj.unit if obj else self.get_own_unit(request)
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "unit":
            units = units_for(request.user).in_order()  # type: ignore[attr-defined]
            field.choices = [("", _("Pilih unit")), *_grouped(units)]
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Plain selects: no pop-up to add or change a unit from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "unit" and field is not None:
            field.widget = field.widget.widget
            field.widget.choices = field.choices  # type: ignore[attr-defined]
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        closed = obj is not None and obj.status == Activity.Status.WITHDRAWN
        return not closed and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only drafts: what was published is evidence, and is withdrawn instead."""
        return obj is not None and obj.status == Activity.Status.DRAFT and super().has_delete_permission(request, obj)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "publications.merge_activity")

    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        with files_undone_on_failure():
            return super().changeform_view(*args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        activity = kwargs.get("obj")
        context["is_draft"] = activity is None or activity.status == Activity.Status.DRAFT
        if activity is not None:
            context["postings"] = activity.publications.defer("search").order_by("first_seen_at")
        return super().render_change_form(request, context, *args, **kwargs)

    # --- what is saved ---

    def save_model(self, request: HttpRequest, obj: Activity, form: Any, change: bool) -> None:
        """Only what the form holds is written: state and time belong to the services."""
        if change:
            changed = [name for name in form.changed_data if name not in LINK_FIELDS]
            if changed:
                obj.save(update_fields=changed)
            return
        if form.own_unit:
            obj.unit = form.own_unit
        obj.created_by = request.user  # type: ignore[assignment]
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        refresh_portal_publication(form.instance)
        for url in form.links():
            try:
                submit_link(activity_id=form.instance.pk, url=url, actor=request.user)  # type: ignore[arg-type]
            except PublicationError as error:
                self.message_user(request, f"{url}: {error}", messages.ERROR)
            else:
                self.message_user(request, _("Tautan dicatat. Menunggu verifikasi Diskominfo."), messages.INFO)

    def response_add(self, request: HttpRequest, obj: Activity, post_url_continue: Any = None) -> HttpResponse:
        return self._answer(request, obj)

    def response_change(self, request: HttpRequest, obj: Activity) -> HttpResponse:
        return self._answer(request, obj)

    def _answer(self, request: HttpRequest, activity: Activity) -> HttpResponse:
        """After saving: publish if asked, say what happens next, offer another."""
        if "_publish" in request.POST:
            self._publish(request, activity)
        else:
            self.message_user(request, _("“%(title)s” disimpan.") % {"title": activity.title}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:publications_activity_change", args=[activity.pk]))

    def _publish(self, request: HttpRequest, activity: Activity) -> None:
        try:
            publish_activity(activity_id=activity.pk, actor=request.user)  # type: ignore[arg-type]
        except PublicationError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        self.log_change(request, activity, _("Diterbitkan."))
        message = format_html(
            '{} <a href="{}">{}</a> · <a href="{}">{}</a>',
            _("Kegiatan sudah terbit dan dihitung pada peringkat bulan ini, yang diperbarui tiap jam."),
            activity.get_absolute_url(),
            _("Lihat halamannya"),
            reverse("admin:publications_activity_add"),
            _("Tambah lagi"),
        )
        self.message_user(request, message, messages.SUCCESS)

    # --- actions on several ---

    @admin.action(description=gettext_lazy("Terbitkan"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        def act(row: Activity) -> None:
            publish_activity(activity_id=row.pk, actor=request.user)  # type: ignore[arg-type]
            self.log_change(request, row, _("Diterbitkan."))

        each_row(self, request, rows, act, _("%(count)d kegiatan terbit."))

    @admin.action(description=gettext_lazy("Tarik"), permissions=["change"])
    def withdraw_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        def act(row: Activity, reason: str) -> None:
            withdraw_activity(activity_id=row.pk, actor=request.user, reason=reason)  # type: ignore[arg-type]
            self.log_change(request, row, _("Ditarik: %(reason)s") % {"reason": reason})

        return with_reason(
            self,
            request,
            rows,
            action="withdraw_selected",
            title=_("Tarik kegiatan"),
            verb=_("Tarik"),
            act=act,
            told=_("%(count)d kegiatan ditarik dan tidak lagi dihitung. Halamannya kini menampilkan alasannya."),
        )

    @admin.action(description=gettext_lazy("Gabungkan kegiatan"), permissions=["merge"])
    def merge_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """The earliest published one is kept."""
        keys = list(rows.order_by("published_at", "pk").values_list("pk", flat=True)[:21])
        if not 2 <= len(keys) <= 20:
            self.message_user(request, _("Pilih dua sampai dua puluh kegiatan untuk digabungkan."), messages.ERROR)
            return
        try:
            kept = merge_activities(keep_id=keys[0], other_ids=keys[1:], actor=request.user)  # type: ignore[arg-type]
        except MergeError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        self.message_user(request, _("Digabungkan ke “%(title)s”.") % {"title": kept.title}, messages.SUCCESS)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def _grouped(units: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    """A long list of units, by category."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for unit in units:
        groups.setdefault(str(Category(unit.category).label), []).append((unit.pk, unit.name))
    return list(groups.items())


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
    list_display = ("channel", "started_on", "ended_on", "reason")
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

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_citywide(request.user)
