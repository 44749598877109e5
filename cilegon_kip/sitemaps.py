"""What search engines may read: pages, units, activities, months."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from opd.models import Unit
from publications.models import Activity, Document
from rankings.models import Ranking
from requests_info.models import PublishedAnswer, ServicePage


class PortalSitemap(Sitemap):  # type: ignore[type-arg]
    """Addresses are those of `SITE_URL`, as in the canonical links."""

    limit = 5000
    date_field = ""

    @property
    def protocol(self) -> str:  # type: ignore[override]
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_latest_lastmod(self) -> datetime | None:
        """One aggregate instead of Django's walk over all rows."""
        if not self.date_field:
            return None
        latest: datetime | None = self.items().aggregate(latest=Max(self.date_field))["latest"]  # type: ignore[attr-defined]
        return latest


class PageSitemap(PortalSitemap):
    def items(self) -> list[str]:
        return [
            "home",
            "about",
            "rankings:latest",
            "rankings:method",
            "rankings:rewards",
            "opd:units",
            "publications:activities",
            "data",
            "documents:documents",
            "documents:completeness",
            "requests_info:calculator",
            "requests_info:ask",
            "requests_info:services",
            "requests_info:answers",
            "requests_info:register",
            "requests_info:statistics",
        ]

    def location(self, item: str) -> str:
        return reverse(item)


class ServiceSitemap(PortalSitemap):
    def items(self) -> list[str]:
        return list(ServicePage.values)

    def location(self, item: str) -> str:
        return reverse("requests_info:service", args=[item])


class UnitSitemap(PortalSitemap):
    def items(self) -> QuerySet[Unit]:
        return Unit.objects.order_by("slug").only("slug")


class ActivitySitemap(PortalSitemap):
    date_field = "published_at"

    def items(self) -> QuerySet[Activity]:
        return Activity.objects.published().order_by("pk").only("pk", "title", "published_at")

    def lastmod(self, item: Activity) -> datetime | None:
        return item.published_at


class DocumentSitemap(PortalSitemap):
    date_field = "published_at"

    def items(self) -> QuerySet[Document]:
        documents: QuerySet[Document] = Document.objects.published().order_by("pk").only("pk", "title", "updated_at")
        return documents

    def lastmod(self, item: Document) -> datetime:
        return item.updated_at


class MonthSitemap(PortalSitemap):
    date_field = "computed_at"

    def items(self) -> QuerySet[Ranking]:
        return Ranking.objects.current().order_by("month").only("month", "computed_at")

    def lastmod(self, item: Ranking) -> datetime:
        return item.computed_at


class AnswerSitemap(PortalSitemap):
    date_field = "published_at"

    def items(self) -> QuerySet[PublishedAnswer]:
        rows = PublishedAnswer.objects.published().order_by("pk")
        answers: QuerySet[PublishedAnswer] = rows.only("pk", "question", "published_at")
        return answers

    def lastmod(self, item: PublishedAnswer) -> datetime | None:
        return item.published_at


SITEMAPS = {
    "halaman": PageSitemap,
    "unit": UnitSitemap,
    "kegiatan": ActivitySitemap,
    "informasi": DocumentSitemap,
    "peringkat": MonthSitemap,
    "jawaban": AnswerSitemap,
    "layanan": ServiceSitemap,
}
