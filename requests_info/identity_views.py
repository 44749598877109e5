"""For PPID Utama and superusers: whose data an account has seen, and whom to tell when that account was misused."""

from __future__ import annotations

import csv
import io
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.common.paging import page_of, query_without_page
from cilegon_kip.common.spreadsheet import csv_cell
from opd.models import User

from . import services
from .desk_views import needs, page
from .identity_forms import SeenForm
from .models import IdentityRead
from .queue_views import PER_PAGE
from .services.breach import SeenPerson, people_seen


@needs("view", "identityread")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: HttpRequest) -> HttpResponse:
    """The list without names by GET; by POST the file with names and contacts, which is itself written down."""
    asked = request.POST if request.method == "POST" else request.GET
    form = SeenForm(asked if "akun" in asked or request.method == "POST" else None)
    people: list[SeenPerson] | None = None
    if form.is_bound and form.is_valid():
        people = people_seen(form.cleaned_data["akun"], form.cleaned_data["sejak"])
        if request.method == "POST":
            return _file(request, form.cleaned_data["akun"], people)
    return page(
        request,
        "seen",
        _("Siapa melihat data siapa"),
        form=form,
        count=len(people) if people is not None else None,
        page_obj=page_of(request, people or [], PER_PAGE),
        query=query_without_page(request),
    )


def _file(request: HttpRequest, account: User, people: list[SeenPerson]) -> HttpResponse:
    services.record_identity_reads(
        cast(User, request.user),
        [row.person for row in people],
        IdentityRead.What.BREACH_LIST,
        place_hash=address_hash(request),
    )
    response = HttpResponse(_csv(people), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="akses-data-akun-{account.pk}.csv"'
    return response


def _csv(people: list[SeenPerson]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["nomor", "nama", "alamat", "surel", "telepon", "kali", "pertama", "terakhir", "yang_dilihat"])
    for row in people:
        who, seen = row.person, row.seen
        moments = [date_format(localtime(at), "Y-m-d H:i") for at in (seen.first, seen.last)]
        cells = [who.number, who.name, who.address, who.email, who.phone, seen.times, *moments]
        writer.writerow([csv_cell(cell) for cell in [*cells, "; ".join(sorted(seen.what))]])
    return out.getvalue().encode("utf-8-sig")
