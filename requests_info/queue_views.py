"""The queue of the desk: views with their counts, narrowed by unit and number."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of, query_without_page
from opd.models import Unit, User
from opd.permissions import is_citywide, may

from . import desk
from .desk_views import needs, page

PER_PAGE = 25
LONGEST_NUMBER = 30


@needs("view")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """`?tampil=` is the view, `?unit=` and `?nomor=` narrow it."""
    user, today = cast(User, request.user), local_day(timezone.now())
    view = request.GET.get("tampil", "terbuka")
    if view not in desk.views_for(user):
        raise Http404
    narrowed = _narrowed(request)
    counts = desk.counts(user, today, narrowed)
    rest = request.GET.copy()
    for key in ("tampil", "halaman"):
        rest.pop(key, None)
    return page(
        request,
        "queue",
        _("Permohonan informasi"),
        page_obj=page_of(request, desk.queue(user, view, today, narrowed), PER_PAGE),
        query=query_without_page(request),
        rest=f"&{rest.urlencode()}" if rest else "",
        view=view,
        views=[(name, desk.VIEWS[name], counts[name]) for name in desk.views_for(user)],
        narrowed=narrowed,
        units=desk.units_with_open_cases(user) if is_citywide(user) else [],
        today=today,
        may_enter=may(user, "requests_info.add_informationrequest"),
        may_claim=may(user, "requests_info.handle_informationrequest"),
    )


def _narrowed(request: HttpRequest) -> desk.Narrowed:
    """A unit that is not there is a 404."""
    slug, number = request.GET.get("unit", ""), "".join(request.GET.get("nomor", "").split())
    unit = Unit.objects.filter(slug=slug).first() if slug else None
    if slug and unit is None:
        raise Http404
    return desk.Narrowed(unit, number[:LONGEST_NUMBER])
