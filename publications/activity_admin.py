"""The workspace's screens for activities: posting with photos and links, withdrawing, merging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opd.forms import UnitChoiceField
from opd.permissions import may, units_for
from opd.workspace import UnitScopedAdmin

from .desk import MonthFilter, each_row, short_day, with_reason
from .forms import LINK_FIELDS, ActivityForm, MergeForm, PhotoForm, ReasonForm
from .merging import MergeError, merge_activities
from .models import Activity, ActivityMerge, Photo, Publication
from .photos import files_undone_on_failure
from .services import PublicationError, publish_activity, refresh_portal_publication, submit_link, withdraw_activity
from .unmerging import open_merges, split_publication, undo_merge

#: So many activities are joined at once.
MERGE_LIMIT = 20


class PhotoInline(admin.StackedInline):  # type: ignore[type-arg]
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
        if db_field.name == "unit":
            kwargs |= {
                "form_class": UnitChoiceField,
                "queryset": units_for(request.user),
                "empty_label": _("Pilih unit"),
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Plain selects: no pop-up to add or change a unit from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "unit" and field is not None:
            field.widget = field.widget.widget
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
            context["merges"] = open_merges(activity)
            context["may_merge"] = self.has_merge_permission(request)
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
                submit_link(activity_id=form.instance.pk, url=url, actor=request.user, posted_on=form.posted_on())  # type: ignore[arg-type]
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
    def merge_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """First a page that shows what is joined and asks which one stays; the earliest is proposed."""
        chosen = list(rows.select_related("unit").order_by("published_at", "pk")[: MERGE_LIMIT + 1])
        if not 2 <= len(chosen) <= MERGE_LIMIT:
            self.message_user(request, _("Pilih dua sampai dua puluh kegiatan untuk digabungkan."), messages.ERROR)
            return None
        form = MergeForm(request.POST if "apply" in request.POST else None, activities=chosen)
        if form.is_valid() and self._merge(request, form.kept_id, chosen):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Gabungkan kegiatan"),
            "form": form,
            "rows": chosen,
            "checkbox": ACTION_CHECKBOX_NAME,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/publications/merge.html", context)

    def _merge(self, request: HttpRequest, kept_id: int, chosen: list[Activity]) -> bool:
        others = [row.pk for row in chosen if row.pk != kept_id]
        try:
            kept = merge_activities(keep_id=kept_id, other_ids=others, actor=request.user)  # type: ignore[arg-type]
        except MergeError as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        self.message_user(request, _("Digabungkan ke “%(title)s”.") % {"title": kept.title}, messages.SUCCESS)
        return True

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("batal/<int:pk>/", view(self.undo_merge_view), name="publications_activity_undo_merge"),
            path("pisah/<int:pk>/", view(self.split_view), name="publications_activity_split"),
        ]
        return [*own, *super().get_urls()]

    def undo_merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then take the merge back."""
        merge = get_object_or_404(ActivityMerge.objects.select_related("kept", "other"), pk=pk)

        def act(reason: str) -> Activity:
            return undo_merge(merge_id=pk, actor=request.user, reason=reason)  # type: ignore[arg-type]

        title = _("Batalkan penggabungan “%(title)s”") % {"title": merge.other.title}
        return self._take_apart(request, title, merge.kept_id, act)

    def split_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then give the posting an activity of its own."""
        publication = get_object_or_404(Publication.objects.defer("search").exclude(activity=None), pk=pk)

        def act(reason: str) -> Activity:
            return split_publication(publication_id=pk, actor=request.user, reason=reason)  # type: ignore[arg-type]

        title = _("Pisahkan publikasi “%(title)s”") % {"title": publication.title or publication.permalink}
        return self._take_apart(request, title, publication.activity_id or 0, act)

    def _take_apart(
        self, request: HttpRequest, title: str, back_id: int, act: Callable[[str], Activity]
    ) -> HttpResponse:
        if not self.has_merge_permission(request):
            raise Http404
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                activity = act(form.cleaned_data["reason"])
            except (MergeError, PublicationError) as error:
                self.message_user(request, str(error), messages.ERROR)
                return HttpResponseRedirect(reverse("admin:publications_activity_change", args=[back_id]))
            self.message_user(request, _("“%(title)s” kini berdiri sendiri.") % {"title": activity}, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:publications_activity_change", args=[activity.pk]))
        context = {**self.admin_site.each_context(request), "title": title, "form": form, "back_id": back_id}
        return TemplateResponse(request, "admin/publications/take_apart.html", {**context, "opts": self.opts})

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
