"""The workspace's screens for the DIP, the checklist of mandatory information, and links that fulfil it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cilegon_kip.common.jakarta import local_day
from opd.permissions import may
from opd.workspace import CityAdmin, UnitScopedAdmin
from publications.desk import each_row, with_reason
from publications.photos import files_undone_on_failure

from .admin_forms import FILE_FIELDS, ChecklistItemForm, ChecklistLinkForm, ConsequenceForm, DocumentForm, remembered
from .checklist_models import ChecklistItem, ChecklistLink, InfoClass
from .models import ConsequenceTest, Document
from .rules import missing_for_publishing
from .services import (
    DocumentError,
    approve_test,
    close_text,
    keep_version,
    publish_document,
    renew_document,
    settle_document,
    spread_renewal,
    test_of,
    withdraw_document,
)

PART_KEY = "bagian"
CONTENT, DETAILS, FILES, TEST = "isi", "rincian", "berkas", "uji"
PART_NAMES = {
    CONTENT: gettext_lazy("Isi"),
    DETAILS: gettext_lazy("Rincian DIP"),
    FILES: gettext_lazy("Berkas"),
    TEST: gettext_lazy("Uji konsekuensi"),
}


class OverdueFilter(admin.SimpleListFilter):
    title = gettext_lazy("pembaruan")
    parameter_name = "telat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ya", _("Perlu diperbarui"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.overdue_on(local_day(timezone.now())) if self.value() == "ya" else queryset


class ConsequenceInline(admin.StackedInline):
    """Rights are the document's."""

    model = ConsequenceTest
    form = ConsequenceForm
    max_num = 1
    extra = 1
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return may(request.user, "publications.view_document", obj)

    def has_add_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return may_change(request, obj) and not is_settled(obj)


def is_settled(document: Document | None) -> bool:
    """What is published and approved does not change: it is withdrawn, and registered again."""
    if document is None or document.status != Document.Status.PUBLISHED or not document.is_exempt:
        return False
    test = test_of(document)
    return test is not None and test.is_approved


def may_change(request: HttpRequest, document: Document | None) -> bool:
    """A withdrawn entry stays as it is; a published exempt one is PPID Utama's."""
    if document is not None and document.status == Document.Status.WITHDRAWN:
        return False
    if document is not None and document.is_exempt and document.status == Document.Status.PUBLISHED:
        return may(request.user, "publications.exempt_document", document)
    return may(request.user, "publications.change_document", document)


@admin.register(Document)
class DocumentAdmin(UnitScopedAdmin):
    form = DocumentForm
    list_display = ("title", "unit", "info_class", "status")
    show_facets = admin.ShowFacets.NEVER
    list_filter = ("status", "info_class", OverdueFilter)
    list_select_related = ("unit",)
    search_fields = ("title",)
    search_help_text = gettext_lazy("Cari judul")
    ordering = ("-created_at",)
    actions = ("approve_selected", "publish_selected", "renew_selected", "withdraw_selected")
    change_form_template = "admin/publications/document_form.html"

    # --- what is shown ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("search")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        if self.get_own_unit(request):
            return ("title", "info_class", "status", "renew_day")
        return ("title", "unit", "info_class", "status")

    @admin.display(description=gettext_lazy("perbarui sebelum"), ordering="renew_by", empty_value="–")
    def renew_day(self, document: Document) -> str | None:
        return date_format(document.renew_by, "j M Y") if document.renew_by else None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": _("Daftar informasi publik")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    @staticmethod
    def parts_of(obj: Document | None) -> list[str]:
        if obj is None:
            return [CONTENT]
        return [CONTENT, DETAILS, TEST] if obj.is_exempt else [CONTENT, DETAILS, FILES]

    def part_of(self, request: HttpRequest, obj: Document | None) -> str:
        asked = request.GET.get(PART_KEY, CONTENT)
        return asked if asked in self.parts_of(obj) else CONTENT

    def get_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        fields: tuple[str, ...] = ("title", "summary", "info_class", "checklist_item", "year", "link")
        if obj is None:
            fields = fields if self.get_own_unit(request) else ("unit", *fields)
            return (*fields, "file")
        part = self.part_of(request, obj)
        if part == DETAILS:
            span = ("active_from", "active_until") if obj.info_class == InfoClass.IMMEDIATE else ()
            return ("producer", "made_on", "made_at_place", "form", "retention", *span)
        if part == FILES:
            return FILE_FIELDS if self.has_change_permission(request, obj) else ()
        return ("legal_basis", "exempt_until") if part == TEST else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Basis and period of a published exemption stay as they were approved."""
        is_fixed = obj is not None and obj.is_exempt and obj.status == Document.Status.PUBLISHED
        return ("legal_basis", "exempt_until") if is_fixed and self.part_of(request, obj) == TEST else ()

    def get_inlines(self, request: HttpRequest, obj: Document | None) -> Any:
        return [ConsequenceInline] if self.part_of(request, obj) == TEST else []

    def get_form(self, request: HttpRequest, obj: Document | None = None, change: bool = False, **kwargs: Any) -> Any:
        shown = self.get_fields(request, obj)
        kwargs["fields"] = [name for name in shown if name not in FILE_FIELDS]
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.own_unit = obj.unit if obj else self.get_own_unit(request)
        for name in set(form.base_fields) - set(shown):  # declared fields of the other parts
            del form.base_fields[name]
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Plain selects: no pop-up to add or change a unit from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "unit" and field is not None:
            field.widget = field.widget.widget
            field.widget.choices = field.choices  # type: ignore[attr-defined]
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only drafts: what was published is withdrawn instead."""
        return obj is not None and obj.status == Document.Status.DRAFT and super().has_delete_permission(request, obj)

    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        with files_undone_on_failure():
            return super().changeform_view(*args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        document = kwargs.get("obj")
        part = self.part_of(request, document)
        context["part"], context["is_draft"] = part, document is None or document.status == Document.Status.DRAFT
        context["parts"] = [(name, PART_NAMES[name], name == part) for name in self.parts_of(document)]
        if document is not None:
            context["files"] = list(document.files.all())
            context["test"] = test_of(document) if part == TEST else None
            context["may_approve"] = self._may_approve(request, document, context["test"])
            context["missing"] = missing_for_publishing(document, test_of(document)) if context["is_draft"] else []
        return super().render_change_form(request, context, *args, **kwargs)

    def _may_approve(self, request: HttpRequest, document: Document, test: ConsequenceTest | None) -> bool:
        """Whether the page offers it; the service decides."""
        if test is None or not test.is_whole or test.is_approved or document.status == Document.Status.WITHDRAWN:
            return False
        return test.written_by_id != request.user.pk and may(
            request.user, "publications.approve_consequencetest", document
        )

    def has_approve_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "publications.approve_consequencetest", obj)

    # --- what is saved ---

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        """Only what the part holds is written: state and time belong to the services."""
        if not change:
            obj.unit = form.own_unit or obj.unit
            obj.created_by = remembered(request.user)
        settled = settle_document(obj)
        if change:
            obj.save(update_fields=[*(name for name in form.fields if name not in FILE_FIELDS), *settled])
        else:
            obj.save()
        close_text(obj, form.closed_text, remembered(request.user))
        if form.checked is not None:
            keep_version(
                document_id=obj.pk,
                checked=form.checked,
                note=form.cleaned_data.get("note", ""),
                actor=remembered(request.user),
            )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Whoever writes the test is not who approves it."""
        for test in formset.save(commit=False):
            test.written_by, test.approved_by, test.approved_at = remembered(request.user), None, None
            test.save()
        formset.save_m2m()

    def response_add(self, request: HttpRequest, obj: Document, post_url_continue: Any = None) -> HttpResponse:
        return self._answer(request, obj, DETAILS)

    def response_change(self, request: HttpRequest, obj: Document) -> HttpResponse:
        return self._answer(request, obj, self.part_of(request, obj))

    def _answer(self, request: HttpRequest, document: Document, part: str) -> HttpResponse:
        """After saving: publish if asked, say what happens next."""
        if "_publish" in request.POST:
            self._publish(request, document)
        else:
            self.message_user(request, _("“%(title)s” disimpan.") % {"title": document.title}, messages.SUCCESS)
        address = reverse("admin:publications_document_change", args=[document.pk])
        return HttpResponseRedirect(f"{address}?{PART_KEY}={part}")

    def _publish(self, request: HttpRequest, document: Document) -> None:
        try:
            publish_document(document_id=document.pk, actor=remembered(request.user))
        except DocumentError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        self.log_change(request, document, _("Diterbitkan."))
        message = format_html(
            '{} <a href="{}">{}</a> · <a href="{}">{}</a>',
            _("Dokumen sudah terbit dalam daftar informasi publik."),
            document.get_absolute_url(),
            _("Lihat halamannya"),
            reverse("admin:publications_document_add"),
            _("Tambah lagi"),
        )
        self.message_user(request, message, messages.SUCCESS)

    # --- actions on several ---

    @admin.action(description=gettext_lazy("Setujui uji konsekuensi"), permissions=["approve"])
    def approve_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        def act(row: Document) -> None:
            approve_test(document_id=row.pk, actor=remembered(request.user))
            self.log_change(request, row, _("Uji konsekuensi disetujui."))

        each_row(self, request, rows, act, _("%(count)d uji konsekuensi disetujui."))

    @admin.action(description=gettext_lazy("Terbitkan"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        def act(row: Document) -> None:
            publish_document(document_id=row.pk, actor=remembered(request.user))
            self.log_change(request, row, _("Diterbitkan."))

        each_row(self, request, rows, act, _("%(count)d dokumen terbit."))

    @admin.action(description=gettext_lazy("Nyatakan sudah diperbarui"), permissions=["change"])
    def renew_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        def act(row: Document) -> None:
            renew_document(document_id=row.pk, actor=remembered(request.user))
            self.log_change(request, row, _("Dinyatakan sudah diperbarui."))

        each_row(self, request, rows, act, _("%(count)d dokumen dinyatakan sudah diperbarui hari ini."))

    @admin.action(description=gettext_lazy("Tarik"), permissions=["change"])
    def withdraw_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        def act(row: Document, reason: str) -> None:
            withdraw_document(document_id=row.pk, actor=remembered(request.user), reason=reason)
            self.log_change(request, row, _("Ditarik: %(reason)s") % {"reason": reason})

        return with_reason(
            self,
            request,
            rows,
            action="withdraw_selected",
            title=_("Tarik dokumen"),
            verb=_("Tarik"),
            act=act,
            told=_("%(count)d dokumen ditarik. Halamannya kini menampilkan alasannya; berkasnya tidak dapat diunduh."),
        )

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


@admin.register(ChecklistItem)
class ChecklistItemAdmin(CityAdmin):
    form = ChecklistItemForm
    list_display = ("title", "legal_basis", "renewal_months", "active_until")
    list_filter = ("info_class",)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("title", "legal_basis", "code")
    ordering = ("order", "pk")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = ("title", "categories", "info_class", "legal_basis", "renewal_months", "order")
        return ("code", *fields, "active_until") if obj is None else (*fields, "active_from", "active_until")

    def save_model(self, request: HttpRequest, obj: ChecklistItem, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "renewal_months" in form.changed_data:
            spread_renewal(obj)


@admin.register(ChecklistLink)
class ChecklistLinkAdmin(UnitScopedAdmin):
    form = ChecklistLinkForm
    list_display = ("item", "unit", "dated_on")
    list_select_related = ("unit", "item")
    search_fields = ("item__title", "url")
    ordering = ("-created_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is not None:
            return ("url", "dated_on")
        return ("item", "url", "dated_on") if self.get_own_unit(request) else ("unit", "item", "url", "dated_on")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.own_unit = obj.unit if obj else self.get_own_unit(request)
        for name in set(form.base_fields) - set(self.get_fields(request, obj)):
            del form.base_fields[name]
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "unit" and field is not None:
            field.widget = field.widget.widget
            field.widget.choices = field.choices  # type: ignore[attr-defined]
        return field

    def save_model(self, request: HttpRequest, obj: ChecklistLink, form: Any, change: bool) -> None:
        if not change:
            obj.unit = form.own_unit or obj.unit
            obj.created_by = remembered(request.user)
        obj.save()

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
