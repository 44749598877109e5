"""`/layanan/`: what the service promises, how it works, what it costs, where it is, and whose right it is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import service_pages
from .models import ServicePage


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    return render(request, "requests_info/services.html", {"pages": service_pages.all_shown()})


@require_safe
def service(request: HttpRequest, page: str) -> HttpResponse:
    if page not in ServicePage.values:
        raise Http404
    others = [other for other in ServicePage if other != page]
    return render(request, "requests_info/service.html", {"shown": service_pages.shown(page), "others": others})
