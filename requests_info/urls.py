"""Addresses of requests. What stands behind a secret token is never listed, linked or indexed."""

from django.urls import path, re_path

from . import paper_views, tracking_views, views

app_name = "requests_info"
CASE = r"(?P<token>[A-Za-z0-9_-]{32})"
urlpatterns = [
    path("permohonan/", views.ask, name="ask"),
    path("permohonan/lacak/", tracking_views.track, name="track"),
    re_path(rf"^permohonan/{CASE}/$", views.detail, name="detail"),
    re_path(rf"^permohonan/{CASE}/surat\.pdf$", views.letter, name="letter"),
    re_path(rf"^permohonan/{CASE}/tanda-bukti\.pdf$", paper_views.receipt, name="receipt"),
    re_path(rf"^permohonan/{CASE}/kalender\.ics$", paper_views.dates, name="dates"),
]
