"""Addresses of the DIP."""

from django.urls import path

from . import feeds, views

app_name = "documents"
urlpatterns = [
    path("", views.documents, name="documents"),
    path("atom.xml", feeds.document_feed, name="feed"),
    path("<int:pk>/berkas/<int:version>/", views.file, name="file"),
    path("<int:pk>/<slug:slug>/", views.document, name="document"),
]
