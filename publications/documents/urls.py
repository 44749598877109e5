"""Addresses of the DIP."""

from django.urls import path, re_path

from . import export_views, feeds, views

app_name = "documents"
urlpatterns = [
    path("", views.documents, name="documents"),
    path("atom.xml", feeds.document_feed, name="feed"),
    re_path(r"^dip\.(?P<kind>csv|xlsx)$", export_views.export, name="export"),
    path("kelengkapan/", export_views.completeness, name="completeness"),
    path("kelengkapan.csv", export_views.completeness_file, name="completeness_file"),
    path("<int:pk>/berkas/<int:version>/", views.file, name="file"),
    path("<int:pk>/<slug:slug>/", views.document, name="document"),
]
