"""All addresses. Names and paths are fixed: other people's scripts rely on them."""

from django.contrib import admin
from django.urls import include, path

from rankings import views as ranking_views

from . import health, pages

# The unit's page shows its ranking too, so it lives in the higher room.
unit_patterns = [
    path("", ranking_views.units, name="units"),
    path("<slug:slug>/", ranking_views.unit, name="unit"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("tentang/", pages.about, name="about"),
    path("preferensi/", pages.preferences, name="preferences"),
    path("", include("publications.urls")),
    path("", include("rankings.urls")),
    path("unit/", include((unit_patterns, "opd"))),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
