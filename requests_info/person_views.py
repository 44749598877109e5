"""The desk serves a requester's rights to their own data: looks at it, sets it right, hands out a copy."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cilegon_kip.common.attempts import address_hash
from opd.models import User

from .desk_views import needs, page
from .identity_forms import RectifyForm
from .models import IdentityRead, InformationRequest, Objection
from .personal_data import Subject
from .services import RequestError, record_identity_read
from .services.rights_of_requesters import Match, copy_of, rectify, same_person


@needs("handle")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_request(request: HttpRequest, pk: int) -> HttpResponse:
    found = InformationRequest.objects.visible_to(cast(User, request.user)).filter(pk=pk).first()
    return _person(request, found, "requests_desk:case")


@needs("handle")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Of an objection without a request; the others are by the requester."""
    found = Objection.objects.visible_to(cast(User, request.user)).filter(pk=pk, information_request=None).first()
    return _person(request, found, "requests_desk:objection")


def _person(request: HttpRequest, subject: Subject | None, back: str) -> HttpResponse:
    """By GET nothing is shown; what is shown by POST was written down first."""
    if subject is None:
        raise Http404
    act, user = request.POST.get("act", ""), cast(User, request.user)
    is_open = request.method == "POST" and subject.purged_at is None
    if not is_open:
        return _page(request, subject, back, None, [])
    form = RectifyForm(subject, request.POST if act == "rectify" else None)
    try:
        if act == "rectify" and form.is_valid():
            rectify(subject=subject, actor=user, values=form.values(), reason=form.cleaned_data["alasan"])
            messages.success(request, _("Data pemohon diperbaiki."))
            return HttpResponseRedirect(reverse(back, args=[subject.pk]))
        if act == "copy":
            return _copy(request, subject, user)
    except RequestError as error:
        messages.error(request, str(error))
    record_identity_read(user, subject, IdentityRead.What.RECTIFICATION, place_hash=address_hash(request))
    return _page(request, subject, back, form, same_person(subject))


def _page(
    request: HttpRequest, subject: Subject, back: str, form: RectifyForm | None, matches: list[Match]
) -> HttpResponse:
    context: dict[str, Any] = {"subject": subject, "back": reverse(back, args=[subject.pk]), "form": form}
    title = _("Data pemohon %(number)s") % {"number": subject.number}
    return page(request, "person", title, matches=matches, **context)


def _copy(request: HttpRequest, subject: Subject, user: User) -> HttpResponse:
    """The case itself, and of those that may be by the same person the ticked ones."""
    ticked = set(request.POST.getlist("perkara"))
    also = [match.subject for match in same_person(subject) if match.subject.number in ticked]
    content = copy_of(subjects=[subject, *also], actor=user, place_hash=address_hash(request))
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="data-pemohon-{subject.number}.zip"'
    return response
