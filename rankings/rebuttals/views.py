"""The workspace's pages of objections: the unit's own, and Diskominfo's desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.jakarta import local_day, parse_month
from cilegon_kip.common.paging import page_of
from opd.models import Unit, User
from opd.permissions import may
from rankings.models import Entry, Ranking
from rankings.services import RankingError, newest_of

from . import boards
from .deciding import decide_rebuttal, waiting, why_not_decider
from .forms import DecisionForm, RebuttalForm
from .making import RIGHT, make_rebuttal, why_not
from .models import Rebuttal

PER_PAGE = 25
View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Log-in first; for those without the right to see objections the pages do not exist."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, boards.VIEW):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, admin.site.admin_view(checked))


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/rebuttals/{template}.html", context)


@for_staff
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Months that can be contested (for a unit), what waits (for Diskominfo), and all that was decided."""
    user = cast(User, request.user)
    decides = boards.may_decide(user)
    rows = boards.visible_to(user)
    return _page(
        request,
        "overview",
        _("Sanggahan"),
        decides=decides,
        places=list(boards.open_places(user, local_day(timezone.now()))[:PER_PAGE]),
        numbers=waiting(user) if decides else None,
        waiting=list(rows.undecided().oldest_first()[:PER_PAGE]),
        page_obj=page_of(request, rows.decided().order_by("-decided_at", "-pk"), PER_PAGE),
    )


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, month: str, slug: str) -> HttpResponse:
    """A unit's place in one month, and the form with which it objects; after the window the reason why not."""
    user = cast(User, request.user)
    unit = get_object_or_404(Unit, slug=slug)
    if not may(user, RIGHT, unit):
        raise PermissionDenied
    ranking = _ranking_of(month)
    problem = why_not(ranking, unit, local_day(timezone.now()))
    form = RebuttalForm(request.POST if request.method == "POST" else None, unit=unit, ranking=ranking)
    if request.method == "POST" and form.is_valid() and (made := _made(form, user)):
        messages.success(request, _("Sanggahan dicatat. Diskominfo memutuskannya; putusannya tampil di sini."))
        return HttpResponseRedirect(reverse("rebuttals:item", args=[made.pk]))
    title = _("Sanggah peringkat %(month)s") % {"month": date_format(ranking.month, "F Y")}
    return _page(
        request,
        "make",
        title,
        form=form,
        # What was typed stays readable, also where the window closed meanwhile.
        shows_form=not problem or request.method == "POST",
        problem=problem,
        ranking=ranking,
        unit=unit,
        entry=_entry(ranking, unit),
        open_rebuttal=ranking.rebuttals.undecided().filter(unit=unit).first(),
    )


def _entry(ranking: Ranking, unit: Unit) -> Entry | None:
    found: Entry | None = Entry.objects.select_related("ranking", "unit").filter(ranking=ranking, unit=unit).first()
    return found


def _ranking_of(month: str) -> Ranking:
    try:
        ranking = newest_of(parse_month(month))
    except ValueError as error:
        raise Http404 from error
    if ranking is None:
        raise Http404
    return ranking


def _made(form: RebuttalForm, user: User) -> Rebuttal | None:
    try:
        return make_rebuttal(
            month=form.ranking.month,
            unit=form.unit,
            actor=user,
            reason=form.cleaned_data["reason"],
            links=form.claimed_links(),
            left_out=list(form.cleaned_data.get("left_out") or ()),
            gaps=form.gaps(),
        )
    except RankingError as error:
        form.add_error(None, str(error))
        return None


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection; for those who may decide it, with the form."""
    user = cast(User, request.user)
    rebuttal = get_object_or_404(boards.visible_to(user).with_items(), pk=pk)
    if request.method == "POST" and not boards.may_decide(user):
        raise PermissionDenied
    not_yours = why_not_decider(rebuttal, user) if boards.may_decide(user) else ""
    can_decide = boards.may_decide(user) and rebuttal.is_open and not not_yours
    form = DecisionForm(request.POST if request.method == "POST" else None, rebuttal=rebuttal)
    if request.method == "POST" and form.is_valid() and (ranking := _decided(form, rebuttal, user)):
        text = _("Putusan dicatat, dan peringkat %(month)s dihitung ulang.") % {"month": ranking}
        messages.success(request, text)
        return HttpResponseRedirect(reverse("rebuttals:overview"))
    entry = _entry(rebuttal.ranking, rebuttal.unit)
    context = {"rebuttal": rebuttal, "form": form, "can_decide": can_decide, "not_yours": not_yours, "entry": entry}
    words = {"unit": rebuttal.unit, "month": date_format(rebuttal.ranking.month, "F Y")}
    return _page(request, "item", _("Sanggahan %(unit)s, %(month)s") % words, **context)


def _decided(form: DecisionForm, rebuttal: Rebuttal, user: User) -> Ranking | None:
    try:
        return decide_rebuttal(
            rebuttal_id=rebuttal.pk, actor=user, decisions=form.decisions(), answer=form.cleaned_data["answer"]
        )
    except RankingError as error:
        form.add_error(None, str(error))
        return None
