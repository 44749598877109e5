"""Addresses of requests. What stands behind a secret token is never listed, linked or indexed."""

from django.urls import path, re_path

from . import answer_views, case_views, objection_views, paper_views, public_views, service_views, tracking_views, views

app_name = "requests_info"
CASE = r"(?P<token>[A-Za-z0-9_-]{32})"
urlpatterns = [
    path("layanan/", service_views.services, name="services"),
    path("layanan/<slug:page>/", service_views.service, name="service"),
    path("permohonan/", views.ask, name="ask"),
    path("permohonan/lacak/", tracking_views.track, name="track"),
    path("permohonan/register/", public_views.register, name="register"),
    path("permohonan/jawaban/", answer_views.answers, name="answers"),
    path("permohonan/jawaban/atom.xml", answer_views.feed, name="answers_feed"),
    path("permohonan/jawaban/<int:pk>/<slug:slug>/", answer_views.answer, name="answer"),
    path("permohonan/statistik/", public_views.figures, name="statistics"),
    path("permohonan/statistik/<int:year>/", public_views.figures, name="statistics_of_year"),
    re_path(rf"^permohonan/{CASE}/$", case_views.detail, name="detail"),
    re_path(r"^permohonan/statistik/(?P<year>\d{4})\.(?P<kind>pdf|xlsx)$", public_views.report, name="report"),
    re_path(rf"^permohonan/{CASE}/surat\.pdf$", views.letter, name="letter"),
    re_path(rf"^permohonan/{CASE}/berkas/(?P<key>[0-9a-f]{{32}})/$", case_views.file, name="file"),
    re_path(rf"^permohonan/{CASE}/tanda-bukti\.pdf$", paper_views.receipt, name="receipt"),
    re_path(rf"^permohonan/{CASE}/kalender\.ics$", paper_views.dates, name="dates"),
    re_path(rf"^permohonan/{CASE}/keberatan/$", objection_views.make, name="object"),
    path("hari-kerja/", public_views.calculator, name="calculator"),
    path("keberatan/", objection_views.make_periodic, name="object_periodic"),
    re_path(rf"^keberatan/{CASE}/$", objection_views.objection, name="objection"),
    re_path(rf"^keberatan/{CASE}/kalender\.ics$", paper_views.objection_dates, name="objection_dates"),
    re_path(rf"^keberatan/{CASE}/berkas\.zip$", objection_views.bundle, name="objection_bundle"),
    re_path(rf"^keberatan/{CASE}/surat\.pdf$", objection_views.objection_letter, name="objection_letter"),
]
