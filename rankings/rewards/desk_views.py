"""The workspace's pages of rewards and warnings: the desk, one proposal with its letter, and a unit's own letters."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cilegon_kip.common.jakarta import local_day, parse_month
from cilegon_kip.common.paging import page_of, query_without_page
from opd.models import User
from opd.permissions import may

from . import desk, letters
from .deciding import RewardError, approve_proposal, reject_proposal, withdraw_reward
from .forms import DecisionForm, WithdrawForm
from .models import Proposal
from .proposing import due_months, propose_month

PER_PAGE = 100
OWN_PER_PAGE = 25
View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Log-in first; for those without the right to see letters the pages do not exist."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, desk.VIEW):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, admin.site.admin_view(checked))


def for_deciders(view: View) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not desk.may_decide(cast(User, request.user)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return for_staff(checked)


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/rewards/{template}.html", context)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if desk.may_decide(user):
        return _desk(request, user)
    if request.method == "POST":
        raise PermissionDenied
    rows = desk.visible_to(user).order_by("-letter__issued_on", "-pk")
    return _page(request, "own", _("Penghargaan dan teguran"), page_obj=page_of(request, rows, OWN_PER_PAGE))


# --- the desk ----------------------------------------------------------------------------------------------------


def _desk(request: HttpRequest, user: User) -> HttpResponse:
    """One month: what waits, by rule, and what became of the rest."""
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _decide_ticked(request, user, form):
        return HttpResponseRedirect(request.get_full_path())
    options = desk.months()
    month = desk.month_to_show(options, _asked_month(request))
    rows = desk.visible_to(user)
    rows = rows.filter(month=month) if month else rows.none()
    page = page_of(request, desk.in_order(rows.waiting()), PER_PAGE)
    others = rows.exclude(status=Proposal.Status.PROPOSED).order_by("status", "rule__kind", "rule_id", "unit__name")
    return _page(
        request,
        "desk",
        _("Penghargaan dan teguran"),
        form=form,
        months=options,
        month=month,
        page_obj=page,
        page_query=query_without_page(request),
        groups=desk.groups(page.object_list, user),
        others=list(others[: 2 * PER_PAGE]),
        doubted=list(desk.doubted()[:PER_PAGE]),
        numbers=desk.numbers(),
        due=due_months(),
        checked=set(request.POST.getlist("pilih")),
    )


def _asked_month(request: HttpRequest) -> Any:
    try:
        return parse_month(request.GET.get("bulan", ""))
    except ValueError:
        return None


def _keys(values: list[str]) -> set[int]:
    return {int(value) for value in values[: 2 * PER_PAGE] if value.isascii() and value.isdecimal() and len(value) < 19}


def _decide_ticked(request: HttpRequest, user: User, form: DecisionForm) -> bool:
    """The same word on all that are ticked, or on all of a ticked rule that the page showed."""
    ticked, shown = _keys(request.POST.getlist("pilih")), _keys(request.POST.getlist("tampil"))
    rules = _keys(request.POST.getlist("aturan"))
    if not form.is_valid():
        return False
    by_rule = Proposal.objects.waiting().filter(pk__in=shown, rule__in=rules).values_list("pk", flat=True)
    keys = ticked.union(by_rule)
    if not keys:
        messages.error(request, _("Centang dahulu usulan yang diputuskan."))
        return False
    done = sum(_decided(request, user, row, form) for row in Proposal.objects.filter(pk__in=keys).order_by("month"))
    if done:
        text = ngettext("%(count)d usulan diputuskan.", "%(count)d usulan diputuskan.", done)
        messages.success(request, text % {"count": done})
    return True


def _decided(request: HttpRequest, user: User, row: Proposal, form: DecisionForm) -> bool:
    """One refusal does not stop the others."""
    reason = form.cleaned_data["reason"]
    try:
        if form.cleaned_data["verdict"] == "approve":
            approve_proposal(proposal_id=row.pk, actor=user, note=reason)
        else:
            reject_proposal(proposal_id=row.pk, actor=user, reason=reason)
    except RewardError as error:
        messages.error(request, f"{row}: {error}")
        return False
    return True


@for_deciders
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Go through the final months that are due, without waiting for the hourly run."""
    made = [propose_month(month) for month in due_months()]
    count = sum(done.proposed for done in made if done)
    text = ngettext("%(count)d usulan baru.", "%(count)d usulan baru.", count) % {"count": count}
    messages.success(request, text)
    return HttpResponseRedirect(reverse("rewards:overview"))


# --- one proposal ------------------------------------------------------------------------------------------------


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    proposal = get_object_or_404(desk.visible_to(user), pk=pk)
    decides = desk.may_decide(user)
    if request.method == "POST" and not decides:
        raise PermissionDenied
    is_withdrawal = "withdraw" in request.POST
    form = DecisionForm(request.POST if request.method == "POST" and not is_withdrawal else None)
    withdrawal = WithdrawForm(request.POST if is_withdrawal else None)
    if request.method == "POST" and _acted(request, user, proposal, withdrawal if is_withdrawal else form):
        return HttpResponseRedirect(request.path)
    return _page(
        request,
        "item",
        str(proposal.rule),
        decides=decides,
        case=desk.groups([proposal], user)[0].cases[0],
        proposal=proposal,
        form=form,
        withdrawal=withdrawal,
        mails=list(proposal.letter.mails.order_by("pk")) if decides and proposal.letter else [],
    )


def _acted(request: HttpRequest, user: User, proposal: Proposal, form: DecisionForm | WithdrawForm) -> bool:
    if not form.is_valid():
        return False
    if isinstance(form, DecisionForm):
        if _decided(request, user, proposal, form):
            messages.success(request, _("Keputusan dicatat."))
        return True
    try:
        withdraw_reward(proposal_id=proposal.pk, actor=user, reason=form.cleaned_data["withdraw_reason"])
    except RewardError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Surat ditarik, dan unitnya diberi tahu bila alamatnya ada."))
    return True


@for_deciders
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it would go out today; nothing is numbered or kept."""
    user = cast(User, request.user)
    proposal = get_object_or_404(desk.visible_to(user).waiting(), pk=pk)
    content = letters.preview(proposal, user, local_day(timezone.now()))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="pratinjau-{proposal.pk}.pdf"'
    add_never_cache_headers(response)
    return response
