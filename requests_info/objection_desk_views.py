"""Objections in the workspace: for PPID Utama all, for the Atasan PPID of a unit those addressed to it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of
from opd.models import User
from opd.permissions import is_citywide, may

from . import desk
from .desk_views import IDENTITY, PER_PAGE, needs, page
from .models import IdentityRead, Objection, ObjectionDecision
from .objection_forms import DecideObjectionForm
from .services import RequestError, decide_objection, last_day_of_dispute, record_identity_read


@needs("view", "objection")
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    user, today = cast(User, request.user), local_day(timezone.now())
    view = request.GET.get("tampil", "terbuka")
    if view not in desk.OBJECTION_VIEWS:
        raise Http404
    views = [(name, label, desk.objections(user, name, today).count()) for name, label in desk.OBJECTION_VIEWS.items()]
    rows = desk.objections(user, view, today).select_related("unit", "information_request")
    return page(
        request,
        "objections",
        _("Keberatan"),
        page_obj=page_of(request, rows, PER_PAGE),
        view=view,
        views=views,
        today=today,
    )


@needs("view", "objection")
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    rows = Objection.objects.visible_to(user).select_related("unit", "information_request")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    shows_identity = request.POST.get("act") == IDENTITY and is_citywide(user)
    if shows_identity:
        record_identity_read(user, found, IdentityRead.What.OBJECTION, place_hash=address_hash(request))
    is_decided_now = request.method == "POST" and not shows_identity
    form = DecideObjectionForm(found, request.POST if is_decided_now else None)
    if form.is_bound and form.is_valid() and _decide(request, user, found, form):
        return HttpResponseRedirect(request.path)
    return page(
        request,
        "objection",
        _("Keberatan %(number)s") % {"number": found.number},
        objection=found,
        case=found.information_request,
        sees_requester=is_citywide(user),
        shows_identity=shows_identity,
        decision=ObjectionDecision.objects.filter(objection=found).select_related("letter", "by").first(),
        events=found.events.select_related("actor"),
        form=form if found.is_open and may(user, "requests_info.decide_objection", found) else None,
        dispute_until=last_day_of_dispute(found),
        is_late=found.is_open and local_day(timezone.now()) > found.due_on,
    )


def _decide(request: HttpRequest, user: User, objection: Objection, form: DecideObjectionForm) -> bool:
    """Decide; False shows the page again with what is wrong."""
    try:
        decision = decide_objection(objection_id=objection.pk, actor=user, verdict=form.verdict())
    except RequestError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("Diputuskan dengan surat %(number)s.") % {"number": decision.letter})
    return True
