"""Addresses of the desk, inside the workspace."""

from django.urls import path

from . import desk_views as views

app_name = "requests_desk"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("catat/", views.enter, name="enter"),
    path("<int:pk>/", views.case, name="case"),
]
