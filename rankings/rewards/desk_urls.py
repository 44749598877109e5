"""Addresses of the workspace: rewards and warnings."""

from django.urls import path

from . import desk_views as views

app_name = "rewards"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("susun/", views.propose, name="propose"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/pratinjau.pdf", views.preview, name="preview"),
]
