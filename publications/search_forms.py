"""The filters of activity list, search and feeds (GET), and what they do to a queryset.

`ActivityFilterForm(request.GET)`; when valid, `filter_activities(queryset, form.cleaned_data)`. The names of the fields
are the names in the address: q, unit (slug), kategori, kanal, tema, bulan (2023-01). Empty means "all".
`SearchForm` adds jenis (`publications.search.Kind`). `form.active_filters()` names what was chosen, for "Saringan: …".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar

from django import forms
from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import last_of_month, midnight, parse_month
from opd.models import Category, Unit

from .models import Activity, Publication, PublicationKind, Theme

Row = TypeVar("Row", bound=Model)
MAX_QUERY = 200
_NOT_TEXT = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ue000-\uf8ff\ufeff\ud800-\udfff\s]+"
)

#: Kinds of channel on which activities appear (press reports are no activities).
CHANNEL_CHOICES = [(value, label) for value, label in PublicationKind.choices if value != PublicationKind.NEWS]


def clean_query(text: object) -> str:
    """One line of at most 200 characters, without NUL, control characters and what the highlighter uses as marks."""
    return _NOT_TEXT.sub(" ", str(text or "")[:2000]).strip()[:MAX_QUERY].strip()


class QueryField(forms.CharField):
    """Takes whatever is pasted: a search never fails on its text."""

    default_validators = []

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = []

    def to_python(self, value: Any) -> str:
        return clean_query(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"maxlength": MAX_QUERY, "autocomplete": "off", "enterkeyhint": "search"}


class MonthField(forms.CharField):
    """`2023-01` as 1 January 2023."""

    default_error_messages = {"invalid": _("Tulis bulan seperti 2023-01.")}

    def clean(self, value: Any) -> date | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_month(text)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class _UnitChoices(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for category, units in groupby(self.queryset, key=lambda unit: unit.category):
            yield Category(category).label, [self.choice(unit) for unit in units]


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """By slug, grouped by category."""

    iterator = _UnitChoices


#: Each month is one look into the index, however many activities there are.
_MONTHS = """
WITH span AS (
    SELECT min(published_at) AT TIME ZONE 'Asia/Jakarta' AS first, max(published_at) AT TIME ZONE 'Asia/Jakarta' AS last
    FROM publications_activity WHERE status = 'published'
)
SELECT to_char(month, 'YYYY-MM')
FROM span, generate_series(date_trunc('month', first), last, '1 month') AS month
WHERE EXISTS (SELECT 1 FROM publications_activity WHERE status = 'published'
    AND published_at >= month AT TIME ZONE 'Asia/Jakarta'
    AND published_at < (month + interval '1 month') AT TIME ZONE 'Asia/Jakarta')
ORDER BY month DESC
"""


def month_choices() -> list[tuple[str, str]]:
    """The months in which something was published, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS)
        months = [parse_month(text) for (text,) in cursor.fetchall()]
    return [(f"{month:%Y-%m}", f"{MONTHS[month.month]} {month.year}") for month in months]


class ActivityFilterForm(forms.Form):
    q = QueryField(label=_("Kata kunci"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    unit = UnitField(
        label=_("Unit"),
        queryset=Unit.objects.in_order().only("slug", "name", "category"),
        to_field_name="slug",
        required=False,
        empty_label=_("Semua unit"),
        error_messages={"invalid_choice": _("Unit ini tidak ada dalam daftar.")},
    )
    kategori = forms.ChoiceField(
        label=_("Kategori"), required=False, choices=[("", _("Semua kategori")), *Category.choices]
    )
    kanal = forms.ChoiceField(label=_("Kanal"), required=False, choices=[("", _("Semua kanal")), *CHANNEL_CHOICES])
    tema = forms.ChoiceField(label=_("Tema"), required=False, choices=[("", _("Semua tema")), *Theme.choices])
    bulan = MonthField(label=_("Bulan"), required=False, widget=forms.Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "saring-%s")
        super().__init__(*args, **kwargs)
        self.fields["bulan"].widget.choices = [("", _("Semua bulan")), *month_choices()]

    def active_filters(self) -> list[tuple[str, str]]:
        """(label, value in words) of each filter in use, without the query itself."""
        data = getattr(self, "cleaned_data", {})
        names = [name for name in ("unit", "kategori", "kanal", "tema", "bulan") if data.get(name)]
        return [(str(self.fields[name].label), self._in_words(name, data[name])) for name in names]

    def _in_words(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return f"{MONTHS[value.month]} {value.year}"
        choices = () if name == "unit" else getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(value, value))


class SearchForm(ActivityFilterForm):
    jenis = forms.ChoiceField(label=_("Jenis"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from .search import Kind

        super().__init__(*args, **kwargs)
        self.fields["jenis"].choices = [("", _("Semua jenis")), *Kind.choices]  # type: ignore[attr-defined]


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """The first moment of the first day and the first after the last day, in Jakarta."""
    return midnight(first), midnight(last + timedelta(days=1))


def month_span(month: date) -> tuple[datetime, datetime]:
    """The first moments of the month and of the next one, in Jakarta."""
    return day_span(month, last_of_month(month))


def filter_activities(activities: QuerySet[Activity], filters: Mapping[str, Any]) -> QuerySet[Activity]:
    """The activities that the filters leave; `q` is not among them (see `publications.search.match_activities`)."""
    if unit := filters.get("unit"):
        activities = activities.filter(unit=unit)
    if category := filters.get("kategori"):
        activities = activities.filter(unit__category=category)
    if theme := filters.get("tema"):
        activities = activities.filter(theme=theme)
    if kind := filters.get("kanal"):
        postings = Publication.objects.accepted().filter(activity=OuterRef("pk"), kind=kind)
        activities = activities.filter(Exists(postings))
    if month := filters.get("bulan"):
        first, after = month_span(month)
        activities = activities.filter(published_at__gte=first, published_at__lt=after)
    return activities


def filter_published(reports: QuerySet[Row], filters: Mapping[str, Any]) -> QuerySet[Row]:
    """Press reports and documents have neither channel nor theme: such a filter leaves none."""
    if filters.get("kanal") or filters.get("tema"):
        return reports.none()
    if unit := filters.get("unit"):
        reports = reports.filter(unit=unit)
    if category := filters.get("kategori"):
        reports = reports.filter(unit__category=category)
    if month := filters.get("bulan"):
        first, after = month_span(month)
        reports = reports.filter(published_at__gte=first, published_at__lt=after)
    return reports


def filter_units(units: QuerySet[Unit], filters: Mapping[str, Any]) -> QuerySet[Unit]:
    """A month, theme or channel says nothing about a unit's name."""
    if unit := filters.get("unit"):
        units = units.filter(pk=unit.pk)
    if category := filters.get("kategori"):
        units = units.filter(category=category)
    return units
