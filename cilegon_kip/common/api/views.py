"""The base of every list of the API: read-only, and strict about its parameters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet


class PublicViewSet(ReadOnlyModelViewSet[Any]):
    """A misspelt filter would silently answer with everything: unknown parameters are refused by name."""

    http_method_names = ["get", "head"]
    filterset_class: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_strange_parameters(request, self.known_parameters())

    def known_parameters(self) -> frozenset[str]:
        if self.action != "list":
            return frozenset()
        filters = frozenset(self.filterset_class.base_filters) if self.filterset_class else frozenset()
        paging: frozenset[str] = getattr(self.pagination_class, "parameter_names", frozenset())
        return filters | paging


def refuse_strange_parameters(request: Request, known: frozenset[str]) -> None:
    errors = {}
    for name, values in request.query_params.lists():
        if name not in known:
            allowed = ", ".join(sorted(known)) or _("tidak ada")
            errors[name] = [_("Parameter ini tidak dikenal. Yang dikenal: %(names)s.") % {"names": allowed}]
        elif len(values) > 1:
            errors[name] = [_("Parameter ini ditulis lebih dari sekali.")]
        elif "\x00" in values[0]:
            errors[name] = [_("Nilai ini memuat karakter yang tidak diizinkan.")]
    if errors:
        raise ValidationError(errors)
