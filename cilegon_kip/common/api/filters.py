"""Filters that more than one list has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from cilegon_kip.common.jakarta import JAKARTA, midnight, next_month, parse_month

YES_NO = [("true", _("ya")), ("false", _("tidak"))]
#: Far enough for any publication, and inside what dates can be computed with.
FIRST_YEAR, LAST_YEAR = 1990, 2199


class MonthField(forms.CharField):
    """`2023-01` as the first moments of the month and of the next one, in Jakarta."""

    def clean(self, value: Any) -> tuple[datetime, datetime] | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            month = parse_month(text)
        except ValueError:
            raise self._invalid() from None
        if not FIRST_YEAR <= month.year <= LAST_YEAR:
            raise self._invalid()
        return midnight(month), midnight(next_month(month))

    def _invalid(self) -> forms.ValidationError:
        return forms.ValidationError(_("Tulis bulan seperti 2023-01."), code="invalid")


class SinceField(forms.CharField):
    """A day (from its first moment in Jakarta) or a moment; without a zone it is Jakarta's."""

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        # A plus sign that was not escaped arrives as a space.
        moment = self._parsed(text.replace(" ", "+") if "T" in text else text)
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Tulis tanggal seperti 2023-01-15, atau waktu seperti 2023-01-15T08:00:00+07:00."), code="invalid"
            )
        return moment

    def _parsed(self, text: str) -> datetime | None:
        try:
            if day := parse_date(text):
                return midnight(day)
            moment = parse_datetime(text)
            return as_utc(moment) if moment else None
        except (ValueError, OverflowError):
            return None


def as_utc(moment: datetime) -> datetime:
    """Without a zone it is Jakarta's; PostgreSQL refuses some of the zones that Python reads."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=JAKARTA)).astimezone(UTC)


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$", "example": "2023-01"})
class MonthFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Rows published in a month of Jakarta."""

    field_class = MonthField

    def filter(self, qs: Any, value: tuple[datetime, datetime] | None) -> Any:
        return qs.filter(published_at__gte=value[0], published_at__lt=value[1]) if value else qs


@extend_schema_field(OpenApiTypes.STR)
class SinceFilter(django_filters.CharFilter):  # type: ignore[misc]
    """Rows published at a moment or later."""

    field_class = SinceField

    def filter(self, qs: Any, value: datetime | None) -> Any:
        return qs.filter(published_at__gte=value) if value else qs


class SlugChoiceFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """A row by its slug; one that does not exist is an error, not an empty list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("to_field_name", "slug")
        kwargs.setdefault("error_messages", {"invalid_choice": _("Unit ini tidak ada.")})
        super().__init__(*args, **kwargs)


@extend_schema_field(OpenApiTypes.BOOL)
class YesNoFilter(django_filters.ChoiceFilter):  # type: ignore[misc]
    """`true` or `false`, nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=YES_NO, **kwargs)

    def filter(self, qs: Any, value: str) -> Any:
        return qs.filter(**{self.field_name: value == "true"}) if value else qs
