"""Public pages of the DIP: the list, one document, its files."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import PAGE_KEY, page_of, query_without_page

from .checklist_models import InfoClass
from .files import content_type, download_name, file_for, is_public
from .forms import DocumentFilterForm, filter_documents, match_documents
from .listing import class_counts, request_form
from .models import Document

PER_PAGE = 25
#: Public files may be kept, but each use asks whether the document still stands.
PUBLIC_FILE = "public, no-cache"
STAFF_FILE = "private, no-store"


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """A wrong filter is named at its field and left out; the others still filter."""
    form = DocumentFilterForm(request.GET)
    status = 200 if form.is_valid() else 400
    filters = form.cleaned_data
    rows = filter_documents(Document.objects.published(), {**filters, "kelas": ""})
    rows = match_documents(rows, filters.get("q", ""))
    counts = class_counts(rows)
    if filters.get("kelas"):
        rows = rows.filter(info_class=filters["kelas"])
    rows = rows if filters.get("q") else rows.newest_first()
    context = {
        "form": form,
        "page_obj": page_of(request, rows.with_public_files(), PER_PAGE),
        "page_query": query_without_page(request),
        "filters": form.active_filters(),
        "query": filters.get("q", ""),
        "chosen": filters.get("kelas", ""),
        "classes": [(kind, counts.get(kind.value, 0)) for kind in InfoClass],
        "total": sum(counts.values()),
        "class_query": _query_without(request, PAGE_KEY, "kelas"),
        "file_query": _query_without(request, PAGE_KEY),
        "today": local_day(timezone.now()),
        "request_form": request_form(),
    }
    return render(request, "documents/documents.html", context, status=status)


@require_safe
def document(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A draft does not exist, a withdrawn one says why and no more; a wrong slug leads to the right address."""
    rows = Document.objects.exclude(status=Document.Status.DRAFT).with_public_files().select_related("checklist_item")
    found: Any = get_object_or_404(rows, pk=pk)
    if found.status == Document.Status.WITHDRAWN:
        return render(request, "410.html", {"document": found}, status=410)
    if slug != found.slug:
        return redirect(found, permanent=True)
    today = local_day(timezone.now())
    context = {
        "document": found,
        "files": found.public_files,
        "is_overdue": found.is_overdue_on(today),
        "is_over": found.is_exempt and found.exempt_until is not None and found.exempt_until < today,
        "request_form": request_form(),
    }
    return render(request, "documents/document.html", context)


@require_safe
def file(request: HttpRequest, pk: int, version: int) -> FileResponse:
    """Files of published documents are for everyone, except exempt ones; of others for staff who may see them."""
    found = file_for(pk, version, request.user)
    if found is None:
        raise Http404
    try:
        content = found.file.open("rb")
    except OSError as error:  # lost from the disk
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=download_name(found), content_type=content_type(found)
    )
    response["Content-Length"] = str(found.size)
    response["X-Content-Type-Options"] = "nosniff"
    if is_public(found.document):
        response["Cache-Control"], response["ETag"] = PUBLIC_FILE, f'"{found.sha256}"'
    else:
        response["Cache-Control"] = STAFF_FILE
    if found.kind != "csv":  # packed already
        response["Content-Encoding"] = "identity"
    return response


def _query_without(request: HttpRequest, *names: str) -> str:
    rest: Any = request.GET.copy()
    for name in names:
        rest.pop(name, None)
    return f"{rest.urlencode()}&" if rest else ""
