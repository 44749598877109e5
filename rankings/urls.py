"""Addresses of the ranking: months, categories, entries, downloads."""

from django.urls import path, re_path

from cilegon_kip.common.jakarta import MONTH_PATTERN

from . import download_views, feeds, method_views, views
from .embeds import views as embed_views
from .rewards import views as reward_views

app_name = "rankings"
KIND = r"(?P<kind>csv|json|xlsx|pdf|png)"
MONTH = rf"(?P<month>{MONTH_PATTERN})"
CATEGORY = r"(?P<category>opd|bumd|kecamatan|kelurahan)"
urlpatterns = [
    path("peringkat/", views.latest, name="latest"),
    path("peringkat/atom.xml", feeds.ranking_feed, name="feed"),
    path("peringkat/tanpa-media-sosial/atom.xml", feeds.without_social_media_feed, name="without_social_media_feed"),
    path("peringkat/kalender.ics", feeds.calendar, name="calendar"),
    path("peringkat/metode/", method_views.method, name="method"),
    path("peringkat/metode/<int:version>/", method_views.method, name="method_version"),
    re_path(rf"^peringkat/{MONTH}/$", views.month, name="month"),
    re_path(rf"^peringkat/{MONTH}\.{KIND}$", download_views.download, name="download"),
    re_path(rf"^peringkat/{MONTH}/{CATEGORY}\.{KIND}$", download_views.download, name="category_download"),
    re_path(rf"^peringkat/{MONTH}/masukan\.jsonl\.gz$", download_views.input_file, name="input_file"),
    re_path(rf"^peringkat/{MONTH}/tanpa-media-sosial/$", views.without_social_media, name="without_social_media"),
    re_path(rf"^peringkat/{MONTH}/{CATEGORY}/$", views.category, name="category"),
    re_path(rf"^peringkat/{MONTH}/{CATEGORY}/(?P<slug>[-\w]+)/$", views.entry, name="entry"),
    path("penghargaan/", reward_views.register, name="rewards"),
    path("penghargaan/<int:pk>/surat.pdf", reward_views.letter, name="reward_letter"),
    re_path(r"^peringkat/[0-9]{4}-[0-9]{1,2}/$", views.wrong_month, name="wrong_month"),
    re_path(rf"^sematan/{CATEGORY}/$", embed_views.category, name="embed_category"),
    path("sematan/unit/<slug:slug>/", embed_views.unit, name="embed_unit"),
]
