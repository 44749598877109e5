"""Addresses of the desk, inside the workspace."""

from django.urls import path, re_path

from . import answer_desk_views as answers
from . import desk_messages, queue_views
from . import desk_views as views
from . import identity_views as identity
from . import objection_desk_views as objections
from . import person_views as persons
from . import register_desk_views as registers
from . import service_desk_views as pages

app_name = "requests_desk"
urlpatterns = [
    path("", queue_views.queue, name="queue"),
    path("catat/", views.enter, name="enter"),
    path("jawaban/", answers.answers, name="answers"),
    path("jawaban/<int:pk>/", answers.answer, name="answer"),
    path("<int:pk>/jawaban/", answers.write, name="write_answer"),
    path("halaman/", pages.service_list, name="services"),
    path("halaman/<slug:name>/", pages.edit, name="service"),
    path("register/", registers.register_download, name="register"),
    re_path(r"^laporan/(?P<year>\d{4})\.(?P<kind>pdf|xlsx)$", registers.report, name="report"),
    path("<int:pk>/penyerahan/", registers.handover, name="handover"),
    path("akses-data/", identity.seen, name="seen"),
    path("keberatan/", objections.objections, name="objections"),
    path("keberatan/catat/", objections.enter, name="enter_objection"),
    path("keberatan/<int:pk>/data-pemohon/", persons.of_objection, name="objection_person"),
    path("keberatan/<int:pk>/", objections.objection, name="objection"),
    path("keberatan/<int:pk>/berkas.zip", objections.bundle, name="objection_bundle"),
    path("<int:pk>/data-pemohon/", persons.of_request, name="person"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/pesan/", desk_messages.conversation, name="messages"),
    path("<int:pk>/berkas/<uuid:key>/", desk_messages.file, name="file"),
]
