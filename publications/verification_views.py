"""The desk's pages, on the workspace's skin: the queue, one item, and the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cilegon_kip.common.paging import page_of
from opd.models import User
from opd.permissions import may
from opd.workspace import is_row_number

from . import verification
from .completing import complete_publication, open_fields
from .flags import in_words
from .models import Publication
from .services import PublicationError, why_not_reviewer
from .verification_forms import CompletionForm, VerdictForm

PER_PAGE = 25
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Case:
    """An item of the desk as one reviewer sees it."""

    publication: Publication
    not_yours: str
    held_by_other: str
    is_mine: bool

    @property
    def flags(self) -> list[str]:
        return in_words(self.publication.flags)

    @property
    def delay(self) -> str:
        """How long after the time it claims the posting was first seen."""
        claimed = self.publication.published_at
        return span_in_words(self.publication.first_seen_at - claimed) if claimed else ""

    @property
    def can_judge(self) -> bool:
        return not self.not_yours and not self.held_by_other


def case_of(publication: Publication, reviewer: User, now: datetime) -> Case:
    held = publication.held_by is not None and publication.held_until is not None and publication.held_until > now
    is_mine = held and publication.held_by_id == reviewer.pk
    holder = publication.held_by.get_full_name() or publication.held_by.get_username() if publication.held_by else ""
    return Case(publication, why_not_reviewer(publication, reviewer), holder if held and not is_mine else "", is_mine)


def cases_of(rows: Iterable[Publication], reviewer: User) -> list[Case]:
    now = timezone.now()
    return [case_of(row, reviewer, now) for row in rows]


def span_in_words(span: timedelta) -> str:
    """The two largest units: 3 hari 4 jam, 5 menit; a span that runs backwards is before the time claimed."""
    if span < timedelta(0):
        return _("%(span)s sebelum waktu yang disebut") % {"span": span_in_words(-span)}
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(n)d hari", "%(n)d hari", days)),
        (hours, ngettext("%(n)d jam", "%(n)d jam", hours)),
        (minutes, ngettext("%(n)d menit", "%(n)d menit", minutes)),
    ]
    words = [text % {"n": number} for number, text in parts if number]
    return " ".join(words[:2]) or _("kurang dari satu menit")


# --- doors -----------------------------------------------------------------------------------------------------


def for_reviewers(view: View) -> View:
    """Log-in first; for those without the right the desk does not exist."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, verification.RIGHT):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, admin.site.admin_view(checked))


@for_reviewers
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    reviewer = cast(User, request.user)
    form = VerdictForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _bulk(request, reviewer, form):
        return HttpResponseRedirect(request.get_full_path())
    now = timezone.now()
    page = page_of(request, verification.waiting(), PER_PAGE)
    numbers = verification.numbers(now)
    context = {
        **admin.site.each_context(request),
        "title": _("Verifikasi"),
        "form": form,
        "page_obj": page,
        "cases": cases_of(page.object_list, reviewer),
        "looks": cases_of(verification.second_looks()[:PER_PAGE], reviewer),
        "numbers": numbers,
        "median": span_in_words(numbers.median) if numbers.median is not None else "",
        "checked": set(request.POST.getlist("pilih")),
    }
    return TemplateResponse(request, "admin/verification/desk.html", context)


def _bulk(request: HttpRequest, reviewer: User, form: VerdictForm) -> bool:
    """The same verdict on all that are ticked; one refusal does not stop the others."""
    keys = [int(key) for key in request.POST.getlist("pilih") if is_row_number(key)][:PER_PAGE]
    if not keys:
        messages.error(request, _("Centang dahulu publikasi yang diputuskan."))
        return False
    if not form.is_valid():
        return False
    done = 0
    for publication in Publication.objects.filter(pk__in=keys).order_by("first_seen_at", "pk"):
        done += _decide(request, reviewer, publication, form)
    if done:
        text = ngettext("%(count)d publikasi diputuskan.", "%(count)d publikasi diputuskan.", done)
        messages.success(request, text % {"count": done})
    return True


def _decide(request: HttpRequest, reviewer: User, publication: Publication, form: VerdictForm) -> bool:
    verdict, reason = form.cleaned_data["verdict"], form.words()
    try:
        verification.decide(publication_id=publication.pk, actor=reviewer, verdict=verdict, reason=reason)
    except PublicationError as error:
        messages.error(request, f"{publication}: {error}")
        return False
    verb = _("Diterima") if verdict == "accepted" else _("Ditolak")
    LogEntry.objects.log_actions(reviewer.pk, [publication], CHANGE, f"{verb}: {reason}", single_object=True)
    return True


@for_reviewers
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    return _to_next(request, cast(User, request.user))


def _to_next(request: HttpRequest, reviewer: User, after_id: int | None = None) -> HttpResponse:
    publication = verification.take_next(actor=reviewer, after_id=after_id)
    if publication is None:
        messages.info(request, _("Tidak ada lagi yang menunggu putusan Anda."))
        return HttpResponseRedirect(reverse("verification:desk"))
    return HttpResponseRedirect(reverse("verification:item", args=[publication.pk]))


@for_reviewers
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int) -> HttpResponse:
    reviewer = cast(User, request.user)
    publication = _open_item(pk)
    if publication is None:  # the verdict was spoken: by this person a moment ago, or by a colleague
        messages.info(request, _("Publikasi ini sudah diputuskan, atau diputuskan di meja sanggahan."))
        return HttpResponseRedirect(reverse("admin:publications_publication_change", args=[pk]))
    form = VerdictForm(request.POST if "verdict" in request.POST else None)
    completion = _completion_form(request, publication)
    if request.method == "POST" and (answer := _act(request, reviewer, publication, form, completion)):
        return answer
    context = {
        **admin.site.each_context(request),
        "title": _("Periksa publikasi"),
        "case": case_of(publication, reviewer, timezone.now()),
        "form": form,
        "completion": completion,
        "hold_minutes": int(verification.HOLD.total_seconds() // 60),
    }
    return TemplateResponse(request, "admin/verification/item.html", context)


def _open_item(pk: int) -> Publication | None:
    """What waits for a verdict or a second look; None if it is decided, 404 if it never was."""
    if not Publication.objects.filter(pk=pk).exists():
        raise Http404
    found: Publication | None = verification.waiting().filter(pk=pk).first()
    return found or verification.second_looks().filter(pk=pk).first()


def _completion_form(request: HttpRequest, publication: Publication) -> CompletionForm | None:
    """A form for what the source left open; None if nothing is."""
    missing = open_fields(publication)
    if publication.state != Publication.State.PENDING or not missing:
        return None
    sent = request.POST if request.POST.get("act") == "complete" else None
    return CompletionForm(sent, open_fields=missing, auto_id="lengkapi_%s")


def _complete(
    request: HttpRequest, reviewer: User, publication: Publication, form: CompletionForm | None
) -> HttpResponse | None:
    if form is not None and not form.is_valid():
        return None
    try:
        complete_publication(publication_id=publication.pk, actor=reviewer, **(form.cleaned_data if form else {}))
    except PublicationError as error:
        messages.error(request, str(error))
        return None
    fields = ", ".join(str(field.label).lower() for field in form or [] if form and form.cleaned_data.get(field.name))
    told = _("Dilengkapi: %(fields)s.") % {"fields": fields}
    LogEntry.objects.log_actions(reviewer.pk, [publication], CHANGE, told, single_object=True)
    messages.success(request, told)
    return HttpResponseRedirect(request.path)


def _act(
    request: HttpRequest,
    reviewer: User,
    publication: Publication,
    form: VerdictForm,
    completion: CompletionForm | None,
) -> HttpResponse | None:
    """Complete, take, give back, pass by, or judge; None shows the page again with what is wrong."""
    act = request.POST.get("act", "")
    if act == "complete":
        return _complete(request, reviewer, publication, completion)
    if act == "take":
        try:
            verification.take(publication_id=publication.pk, actor=reviewer)
        except PublicationError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(request.path)
    if act in ("release", "skip"):
        verification.release(publication_id=publication.pk, actor=reviewer)
        if act == "skip":
            return _to_next(request, reviewer, publication.pk)
        return HttpResponseRedirect(reverse("verification:desk"))
    if not form.is_bound:
        messages.error(request, _("Pilih terima atau tolak."))
        return None
    if not form.is_valid():
        return None
    if not _decide(request, reviewer, publication, form):
        return HttpResponseRedirect(request.path)
    messages.success(request, _("Putusan dicatat untuk “%(title)s”.") % {"title": publication})
    return _to_next(request, reviewer, publication.pk)
