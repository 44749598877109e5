"""Addresses of activities, their photos and feeds, and of the search."""

from django.urls import path

from . import feeds, views

app_name = "publications"
urlpatterns = [
    path("kegiatan/", views.activities, name="activities"),
    path("kegiatan/atom.xml", feeds.activity_feed, name="feed"),
    path("kegiatan/<int:pk>/<slug:slug>/", views.activity, name="activity"),
    path("unit/<slug:slug>/atom.xml", feeds.unit_feed, name="unit_feed"),
    path("foto/<uuid:key>/<str:size>.webp", views.photo, name="photo"),
    path("cari/", views.search, name="search"),
]
