"""All addresses. Names and paths are fixed: other people's scripts rely on them."""

from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path

from opd import register_file
from rankings import unit_views
from rankings.embeds import views as embed_views

from . import catalogue, data_page, health, pages
from .sitemaps import SITEMAPS

# The unit's page shows its ranking too, so it lives in the higher room.
unit_patterns = [
    path("", unit_views.units, name="units"),
    path("<slug:slug>/", unit_views.unit, name="unit"),
    path("<slug:slug>/badge.svg", embed_views.unit_badge, name="unit_badge"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("tentang/", pages.about, name="about"),
    path("preferensi/", pages.preferences, name="preferences"),
    path("surat/", include("correspondence.urls")),
    path("informasi/", include("publications.documents.urls")),
    path("", include("publications.urls")),
    path("", include("rankings.urls")),
    path("", include("requests_info.urls")),
    path("unit/", include((unit_patterns, "opd"))),
    path("data/", data_page.data, name="data"),
    path("data/katalog.jsonld", catalogue.catalogue, name="catalogue"),
    path("data/unit.csv", register_file.register, name="register"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path(".well-known/security.txt", pages.security_txt, name="security_txt"),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<slug:section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_section"),
    path("api/", include("cilegon_kip.api_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("manifest.webmanifest", pages.web_manifest, name="web_manifest"),
    path("admin/tautan/", include("publications.submitting.urls")),
    path("admin/kanal/", include("publications.channels.urls")),
    path("admin/verifikasi/", include("publications.verification_urls")),
    path("admin/permohonan/", include("requests_info.desk_urls")),
    path("admin/sanggahan/", include("rankings.rebuttals.urls")),
    path("admin/penghargaan/", include("rankings.rewards.desk_urls")),
    path("admin/keamanan/", include("opd.second_factor.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "cilegon_kip.errors.bad_request"
handler403 = "cilegon_kip.errors.forbidden"
handler404 = "cilegon_kip.errors.not_found"
handler500 = "cilegon_kip.errors.server_error"
