"""The API: read-only, the same for everybody; `docs/` is its description for people."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from cilegon_kip.common.jakarta import MONTH_PATTERN
from opd.api import UnitViewSet
from publications.api import ActivityViewSet, PublicationViewSet
from publications.documents.api import DocumentViewSet
from rankings.api import EntryViewSet, RankingViewSet, WithoutSocialMediaView
from rankings.rewards.api import RewardViewSet
from requests_info.api import RequestStatsView, WorkingDaysView

from .api_docs import docs, root

router = SimpleRouter()
router.register("units", UnitViewSet, "unit")
router.register("activities", ActivityViewSet, "activity")
router.register("publications", PublicationViewSet, "publication")
router.register("documents", DocumentViewSet, "document")
router.register("rankings", RankingViewSet, "ranking")
router.register("rewards", RewardViewSet, "reward")
entries = EntryViewSet.as_view({"get": "list"})

v1_patterns = [
    path("", root, name="root"),
    *router.urls,
    re_path(rf"^rankings/(?P<month>{MONTH_PATTERN})/entries/$", entries, name="entry-list"),
    re_path(
        rf"^rankings/(?P<month>{MONTH_PATTERN})/without-social-media/$",
        WithoutSocialMediaView.as_view(),
        name="without-social-media",
    ),
    path("requests/stats/", RequestStatsView.as_view(), name="request-stats"),
    path("working-days/", WorkingDaysView.as_view(), name="working-days"),
]
app_name = "api"
urlpatterns = [
    path("v1/", include(v1_patterns)),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
]
