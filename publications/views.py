"""Public pages of activities."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def activities(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


activity = photo = search = activities
