"""The ranking in the workspace: to look at, and to compute again. Nothing here is typed in by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cilegon_kip.common.jakarta import month_text, parse_month
from opd.models import User
from opd.permissions import may
from opd.workspace import UnitScopedAdmin

from .finalising import RIGHT, finalise_ranking, open_questions, revise_ranking
from .forms import FinaliseForm, ReviseForm
from .method_admin import MethodAdmin
from .models import Entry, Evidence, Ranking
from .rewards.admin import RewardRuleAdmin
from .services import RankingError, compute_month

__all__ = ["EntryAdmin", "EvidenceAdmin", "MethodAdmin", "RankingAdmin", "RewardRuleAdmin"]


def person_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


class ViewOnlyAdmin(UnitScopedAdmin):
    """Rows to look at, for those who hold the right to see them; they follow from the computation."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class CityAdmin(ViewOnlyAdmin):
    """Rows of no unit: their right is of the whole city."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = admin.ModelAdmin.get_queryset(self, request)
        return rows


class RankingMonthFilter(admin.SimpleListFilter):
    """A plain list of months: the admin's own date drill-down fails on phones."""

    title = _("bulan")
    parameter_name = "bulan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        months = Ranking.objects.order_by("-month").values_list("month", flat=True).distinct()[:36]
        return [(month_text(month), date_format(month, "F Y")) for month in months]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        try:
            return queryset.filter(ranking__month=parse_month(str(self.value())))
        except ValueError:
            return queryset.none()


@admin.register(Ranking)
class RankingAdmin(CityAdmin):
    list_display = ("month_words", "status", "is_sample", "method", "working_days", "computed_at", "objection_until")
    list_filter = ("status", "is_sample")
    list_select_related = ("method",)
    ordering = ("-month", "-revision")
    actions = ("compute_again",)
    fields = (
        *("month_words", "revision", "status", "method", "is_sample", "working_days", "days_off_words", "computed_at"),
        *("objection_until", "input_sha256", "finalised_at", "finalised_by", "supersedes", "revision_reason"),
    )
    readonly_fields = ("month_words", "days_off_words")

    @admin.display(description=_("hari libur"))
    def days_off_words(self, ranking: Ranking) -> str:
        days = sorted(ranking.days_off.items())
        return "; ".join(f"{date_format(date.fromisoformat(day), 'j F Y')}: {name}" for day, name in days) or "–"

    @admin.display(description=_("bulan"), ordering="month")
    def month_words(self, ranking: Ranking) -> str:
        return date_format(ranking.month, "F Y")

    def has_compute_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "rankings.compute_ranking")

    @admin.action(description=_("Hitung ulang bulan yang dipilih"), permissions=["compute"])
    def compute_again(self, request: HttpRequest, rankings: QuerySet[Ranking]) -> None:
        computed = 0
        for month in sorted(set(rankings.values_list("month", flat=True))):
            try:
                ranking = compute_month(month)
            except RankingError as error:
                self.message_user(request, str(error), messages.ERROR)
                continue
            if ranking.status == Ranking.Status.FINAL:
                text = _("Peringkat %(month)s sudah final dan tidak dihitung ulang.") % {"month": ranking}
                self.message_user(request, text, messages.WARNING)
            else:
                computed += 1
        if computed:
            text = ngettext("%(count)d bulan dihitung ulang.", "%(count)d bulan dihitung ulang.", computed)
            self.message_user(request, text % {"count": computed}, messages.SUCCESS)

    def get_urls(self) -> list[Any]:
        address = "<int:pk>/{}/"
        own = [
            path(address.format("finalise"), self._page(self.finalise), name="rankings_ranking_finalise"),
            path(address.format("revise"), self._page(self.revise), name="rankings_ranking_revise"),
        ]
        return own + super().get_urls()

    def _page(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """A page of one ranking, for those who may finalise; for others it does not exist."""

        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            if not may(request.user, RIGHT):
                raise Http404
            return view(request, get_object_or_404(Ranking.objects.select_related("method"), pk=pk))

        return self.admin_site.admin_view(answer)  # type: ignore[no-any-return]

    def finalise(self, request: HttpRequest, ranking: Ranking) -> HttpResponse:
        """What is still open, and the button that makes the month final."""
        form = FinaliseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            values = {"despite_open": form.cleaned_data["despite_open"]}
            try:
                finalise_ranking(month=ranking.month, actor=person_of(request), **values)
            except RankingError as error:
                form.add_error(None, str(error))
                ranking.refresh_from_db()
            else:
                text = _("Peringkat %(month)s kini final.") % {"month": ranking}
                self.message_user(request, text, messages.SUCCESS)
                return redirect("admin:rankings_ranking_change", ranking.pk)
        context = {"title": _("Finalkan peringkat %(month)s") % {"month": ranking}, "found": open_questions(ranking)}
        return self._render(request, ranking, form, _("Finalkan"), context)

    def revise(self, request: HttpRequest, ranking: Ranking) -> HttpResponse:
        """Begin a revision of a final month, with its reason."""
        form = ReviseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                made = revise_ranking(month=ranking.month, reason=form.cleaned_data["reason"], actor=person_of(request))
            except RankingError as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("Revisi dibuat sebagai rancangan."), messages.SUCCESS)
                return redirect("admin:rankings_ranking_change", made.pk)
        title = _("Revisi peringkat %(month)s") % {"month": ranking}
        return self._render(request, ranking, form, _("Buat revisi"), {"title": title})

    def _render(
        self, request: HttpRequest, ranking: Ranking, form: Form, verb: Any, context: dict[str, Any]
    ) -> HttpResponse:
        common = {"opts": self.opts, "ranking": ranking, "form": form, "verb": verb}
        context = {**self.admin_site.each_context(request), **common, **context}
        return TemplateResponse(request, "admin/rankings/settle.html", context)


@admin.register(Entry)
class EntryAdmin(ViewOnlyAdmin):
    list_display = ("unit", "ranking", "rank", "score")
    list_filter = (RankingMonthFilter, "category", "state")
    list_select_related = ("ranking", "unit")
    search_fields = ("unit__name", "unit__short_name")
    ordering = ("-ranking__month", "category", "rank", "unit__name")
    show_full_result_count = False


@admin.register(Evidence)
class EvidenceAdmin(ViewOnlyAdmin):
    list_display = ("publication", "unit", "counted_on", "rule")
    list_filter = (RankingMonthFilter, "rule")
    list_select_related = ("publication", "unit", "ranking")
    search_fields = ("unit__name", "publication__title", "publication__permalink")
    ordering = ("-counted_on", "-pk")
    raw_id_fields = ("publication", "activity")
    show_full_result_count = False
