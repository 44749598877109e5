"""Who took only the first step of the log-in is nobody yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from .services import is_waiting


class SecondFactorMiddleware:
    """In the workspace such a person is led to the second step; everywhere else the log-in does not count.

    Public pages do not look at the session at all, so they stay the same for everyone and may be cached.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(reverse("admin:index")):
            return self._missing_step(request) or self.get_response(request)
        signed_in = request.user
        request.user = SimpleLazyObject(lambda: _proven(request, signed_in))  # type: ignore[assignment]
        return self.get_response(request)

    def _missing_step(self, request: HttpRequest) -> HttpResponse | None:
        user: Any = request.user
        if not user.is_authenticated:
            return None
        if is_waiting(request.session, user):
            step = reverse("second_factor:code")
        elif settings.REQUIRE_SECOND_FACTOR and user.second_factor_since is None:
            step = reverse("second_factor:account")
        else:
            return None
        if request.path in (step, reverse("admin:logout"), reverse("admin:jsi18n")):
            return None
        after = request.get_full_path() if request.method == "GET" else reverse("admin:index")
        return HttpResponseRedirect(f"{step}?{urlencode({'next': after})}")


def _proven(request: HttpRequest, user: Any) -> Any:
    return AnonymousUser() if user.is_authenticated and is_waiting(request.session, user) else user
