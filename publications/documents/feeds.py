"""The Atom feed of the DIP, with the list's filters."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.atom import PortalFeed, absolute, answer, tag, to_second
from cilegon_kip.common.xml import xml_text
from publications.feeds import MAX_ENTRIES, SUMMARY_LENGTH

from .forms import DocumentFilterForm, filter_documents, match_documents
from .listing import public_words
from .models import Document


def error_text(form: DocumentFilterForm) -> HttpResponse:
    """A filter that cannot be, named with its reason."""
    reasons = [f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
    return HttpResponse("\n".join(reasons) + "\n", status=400, content_type="text/plain; charset=utf-8")


@require_safe
def document_feed(request: HttpRequest) -> HttpResponse:
    """`/informasi/atom.xml`: the newest entries; of an exempt one title, basis and period."""
    form = DocumentFilterForm(request.GET)
    if not form.is_valid():
        return error_text(form)
    documents = filter_documents(Document.objects.published(), form.cleaned_data)
    documents = match_documents(documents, form.cleaned_data["q"])
    chosen = [(name, request.GET[name]) for name in form.fields if form.cleaned_data.get(name)]
    query = f"?{urlencode(chosen)}" if chosen else ""
    feed = _build(documents.newest_first().with_public_files()[:MAX_ENTRIES], query, form)
    return answer(request, feed, changed_at=Document.objects.aggregate(at=Max("updated_at"))["at"])


def _build(documents: Any, query: str, form: DocumentFilterForm) -> PortalFeed:
    words = [value for _label, value in form.active_filters()]
    if form.cleaned_data["q"]:
        words.insert(0, f"“{form.cleaned_data['q']}”")
    title = _("Informasi publik %(city)s") % {"city": settings.CITY_NAME}
    address = absolute(reverse("documents:feed") + query)
    feed = PortalFeed(
        title=xml_text(": ".join([title, ", ".join(words)]) if words else title),
        link=absolute(reverse("documents:documents") + query),
        description=_("Daftar informasi publik unit-unit %(city)s.") % {"city": settings.CITY_NAME},
        feed_url=address,
        feed_guid=address,
        author_name=settings.PORTAL_NAME,
        language="id",
    )
    for document in documents:
        feed.add_item(**_entry(document))
    return feed


def _entry(document: Document) -> dict[str, Any]:
    title = xml_text(document.title) or _("Informasi tanpa judul")
    if document.published_at is None:
        raise ValueError("a published document has a time")
    return {
        "title": _("[Data contoh] %(title)s") % {"title": title} if document.is_sample else title,
        "link": absolute(document.get_absolute_url()),
        "description": xml_text(Truncator(public_words(document)).chars(SUMMARY_LENGTH)),
        "unique_id": tag(f"informasi/{document.pk}"),
        "author_name": xml_text(document.unit.name),
        "pubdate": to_second(document.published_at),
        "updateddate": to_second(max(document.updated_at, document.published_at)),
        "categories": [str(document.get_info_class_display())],
    }
