"""Addresses of activities, their photos and feeds, and of the search."""

from django.urls import path, re_path

from . import dump_views, evidence, feeds, views

app_name = "publications"
urlpatterns = [
    path("kegiatan/", views.activities, name="activities"),
    path("kegiatan/atom.xml", feeds.activity_feed, name="feed"),
    path("kegiatan/<int:pk>/<slug:slug>/", views.activity, name="activity"),
    path("unit/<slug:slug>/atom.xml", feeds.unit_feed, name="unit_feed"),
    path("unit/<slug:slug>/bukti/", evidence.evidence, name="evidence"),
    path("foto/<uuid:key>/<str:size>.webp", views.photo, name="photo"),
    re_path(
        r"^data/(?P<name>kegiatan|publikasi)-(?P<year>[0-9]{4}|tanpa-tanggal)\.(?P<kind>csv|jsonl)\.gz$",
        dump_views.dump,
        name="dump",
    ),
    path("cari/", views.search, name="search"),
]
