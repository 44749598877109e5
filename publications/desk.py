"""Pieces of the workspace's screens: the month filter and actions that ask for a reason first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cilegon_kip.common.jakarta import JAKARTA, local_day, midnight, month_text, next_month, parse_month

from .forms import ReasonForm
from .services import PublicationError

#: So many rows go through a reason page at once; more is refused, not cut.
BULK_LIMIT = 200


def short_day(moment: datetime | None) -> str | None:
    """Short enough for a phone's list."""
    return date_format(local_day(moment), "j M Y") if moment else None


class MonthFilter(admin.SimpleListFilter):
    title = gettext_lazy("bulan terbit")
    parameter_name = "bulan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = model_admin.get_queryset(request).filter(published_at__isnull=False).order_by()
        months = rows.annotate(month=TruncMonth("published_at", tzinfo=JAKARTA)).values_list("month", flat=True)
        return [(month_text(month), date_format(month, "F Y")) for month in months.distinct().order_by("-month")[:36]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        try:
            month = parse_month(str(self.value()))
        except ValueError:
            return queryset.none()
        if month.year > 9000:
            return queryset.none()
        start, end = (midnight(day) for day in (month, next_month(month)))
        return queryset.filter(published_at__gte=start, published_at__lt=end)


def with_reason(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    action: str,
    title: str,
    verb: str,
    act: Callable[[Any, str], None],
    told: str = "",
) -> HttpResponse | None:
    """First ask for the reason on a page of its own, then do `act(row, reason)` row by row and tell each refusal."""
    rows = rows[: BULK_LIMIT + 1]
    if len(rows) > BULK_LIMIT:
        message = _("Paling banyak %(max)d baris sekaligus. Persempit pilihan Anda.") % {"max": BULK_LIMIT}
        model_admin.message_user(request, message, messages.ERROR)
        return None
    form = ReasonForm(request.POST if "apply" in request.POST else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        each_row(model_admin, request, rows, lambda row: act(row, reason), told)
        return None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "verb": verb,
        "rows": rows,
        "form": form,
        "action": action,
        "checkbox": ACTION_CHECKBOX_NAME,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/reason.html", context)


def each_row(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    act: Callable[[Any], Any],
    told: str = "",
) -> None:
    """Do it row by row; a refused row does not stop the others. `told` says what was done to `%(count)d` rows."""
    done = 0
    for row in rows:
        try:
            act(row)
        except PublicationError as error:
            model_admin.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            done += 1
    if done:
        model_admin.message_user(request, (told or _("%(count)d baris selesai.")) % {"count": done}, messages.SUCCESS)
