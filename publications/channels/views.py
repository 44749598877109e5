"""The workspace's pages of channels: all with their health, one, and adding one by looking at it first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of, query_without_page
from opd.models import Channel, User
from opd.permissions import limit_to_units, may, only_unit_of, units_for
from opd.services import OpdError, reject_channel, verify_channel
from publications.models import CoverageGap

from . import health, probing
from .forms import AddressForm, RejectForm, VerifyForm
from .ownership import proof_token
from .probing import ChannelDeskError, address_of, ask_probe, save_channel
from .records import ChannelProbe
from .words import error_words

PER_PAGE, RUNS = 25, 20
#: Seconds after which a page that waits for the worker asks again by itself.
ASK_AGAIN = 3
DECIDE = "opd.change_channel"
View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Log-in first; for those who may not add channels the pages do not exist."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, probing.RIGHT):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, admin.site.admin_view(checked))


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/channels/{template}.html", context)


def _to_channel(channel_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("channels:channel", args=[channel_id]))


# --- all channels -------------------------------------------------------------------------------------------------


@for_staff
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Six queries at most, whatever the number of channels."""
    user, chosen = cast(User, request.user), request.GET.get("keadaan", "")
    rows = health.channels_for(user, local_day(timezone.now()))
    numbers = health.counts(rows)
    shown = rows.filter(health.FILTERS[chosen][1]) if chosen in health.FILTERS else rows
    page = page_of(request, shown, PER_PAGE)
    return _page(
        request,
        "overview",
        _("Kanal"),
        page_obj=page,
        page_query=query_without_page(request),
        rows=[health.Row(channel) for channel in page.object_list],
        chosen=chosen if chosen in health.FILTERS else "",
        total=numbers["semua"],
        filters=[(name, words, numbers[name]) for name, (words, _condition) in health.FILTERS.items()],
    )


# --- adding one ---------------------------------------------------------------------------------------------------


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    units = units_for(user)
    form = AddressForm(request.POST or None, units=units, own_unit=only_unit_of(user), initial=_given(request))
    if form.is_valid():
        try:
            asked = ask_probe(unit=form.chosen_unit, address=form.address, actor=user)
        except ChannelDeskError as error:
            form.add_error("alamat", str(error))
        else:
            return HttpResponseRedirect(reverse("channels:probe", args=[asked.pk]))
    return _page(request, "add", _("Tambah kanal"), form=form)


def _given(request: HttpRequest) -> dict[str, str]:
    return {"alamat": request.GET.get("alamat", "")[:300]}


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found, and the button that saves; while the worker looks, the page asks again by itself."""
    user = cast(User, request.user)
    found = get_object_or_404(limit_to_units(ChannelProbe.objects.select_related("unit", "channel"), user), pk=pk)
    if not may(user, probing.RIGHT, found.unit):
        raise Http404
    if request.method == "POST" and (answer := _save(request, user, found)):
        return answer
    now = timezone.now()
    response = _page(
        request,
        "probe",
        _("Hasil pemeriksaan kanal"),
        probe=found,
        is_overdue=found.is_overdue(now),
        words=error_words(found.kind, found.error, found.status),
    )
    if found.state == ChannelProbe.State.WAITING and not found.is_overdue(now):
        response["Refresh"] = str(ASK_AGAIN)
    return response


def _save(request: HttpRequest, user: User, found: ChannelProbe) -> HttpResponse | None:
    is_new = found.channel_id is None
    try:
        saved = save_channel(probe_id=found.pk, actor=user)
    except ChannelDeskError as error:
        messages.error(request, str(error))
        return None
    if is_new:
        LogEntry.objects.log_actions(user.pk, [saved], ADDITION, _("Didaftarkan."), single_object=True)
        messages.success(request, _("Kanal disimpan. Diskominfo memverifikasinya; sejak itu kanal ini dihitung."))
    else:
        told = _("Cara membaca kanal diperbarui.")
        LogEntry.objects.log_actions(user.pk, [saved], CHANGE, told, single_object=True)
        messages.success(request, told)
    return _to_channel(saved.pk)


# --- one channel --------------------------------------------------------------------------------------------------


def _channel_of(request: HttpRequest, pk: int, right: str) -> Channel:
    """The channel, or 404: another unit's does not exist for this person."""
    user = cast(User, request.user)
    found = get_object_or_404(limit_to_units(Channel.objects.select_related("unit", "harvest"), user), pk=pk)
    if not may(user, right, found):
        raise Http404
    return found


@for_staff
@require_safe
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    return _channel_page(request, _channel_of(request, pk, "opd.view_channel"))


def _channel_page(
    request: HttpRequest, found: Channel, verify: VerifyForm | None = None, reject: RejectForm | None = None
) -> HttpResponse:
    user = cast(User, request.user)
    row = health.channels_for(user, local_day(timezone.now())).filter(pk=found.pk).first()
    last_probe = ChannelProbe.objects.filter(channel=found).exclude(done_at=None).first()
    return _page(
        request,
        "channel",
        str(found),
        channel=found,
        row=health.Row(row) if row else None,
        harvest=getattr(found, "harvest", None),
        probe=last_probe,
        token=proof_token(found) if found.key else "",
        not_now=health.why_not_now(found, timezone.now()),
        gaps=list(CoverageGap.objects.filter(channel=found).order_by("-started_on")[:5]),
        page_obj=page_of(request, found.harvest_runs.order_by("-started_at", "-pk"), RUNS),
        may_decide=may(user, DECIDE, found),
        verify=verify or VerifyForm.proposing(found, last_probe),
        reject=reject or RejectForm(auto_id="penolakan_%s"),
    )


@for_staff
@require_POST
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _channel_of(request, pk, probing.RIGHT)
    try:
        health.visit_soon(channel_id=found.pk, actor=cast(User, request.user), now=timezone.now())
    except ChannelDeskError as error:
        messages.error(request, str(error))
    else:
        words = _("Kanal ini mendahului antrean dan dikunjungi dalam beberapa menit. Hasilnya tampil di bawah.")
        messages.success(request, words)
    return _to_channel(pk)


@for_staff
@require_POST
def probe_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Look again how the channel can be read, and whether the unit's site links to it."""
    found = _channel_of(request, pk, probing.RIGHT)
    try:
        asked = ask_probe(unit=found.unit, address=address_of(found), actor=cast(User, request.user), channel=found)
    except ChannelDeskError as error:
        messages.error(request, str(error))
        return _to_channel(pk)
    return HttpResponseRedirect(reverse("channels:probe", args=[asked.pk]))


@for_staff
@require_POST
def decide(request: HttpRequest, pk: int, verdict: str) -> HttpResponse:
    """Verify with how it was proved, or reject with the reason."""
    found, user = _channel_of(request, pk, DECIDE), cast(User, request.user)
    if verdict not in ("terima", "tolak"):
        raise Http404
    verify = VerifyForm(request.POST, auto_id="verifikasi_%s") if verdict == "terima" else None
    reject = RejectForm(request.POST, auto_id="penolakan_%s") if verdict == "tolak" else None
    if not all(form.is_valid() for form in (verify, reject) if form):
        return _channel_page(request, found, verify, reject)
    try:
        told = _decided(user, found, verify, reject)
    except OpdError as error:
        messages.error(request, str(error))
    else:
        LogEntry.objects.log_actions(user.pk, [found], CHANGE, told[:300], single_object=True)
        messages.success(request, _("Putusan dicatat."))
    return _to_channel(pk)


def _decided(user: User, found: Channel, verify: VerifyForm | None, reject: RejectForm | None) -> str:
    """Carry the decision out; in words for the record."""
    if verify is not None:
        given = verify.cleaned_data
        verify_channel(channel_id=found.pk, actor=user, how=given["how"], via=given["via"])
        return f"{Channel.Proof(given['via']).label}: {given['how']}"
    reason = reject.cleaned_data["reason"] if reject else ""
    reject_channel(channel_id=found.pk, actor=user, reason=reason)
    return _("Ditolak: %(reason)s") % {"reason": reason}
