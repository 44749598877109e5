"""Public pages of the ranking."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def latest(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


month = category = entry = method = without_social_media = unit = units = latest
