"""Addresses of the second step, inside the workspace."""

from django.contrib import admin
from django.urls import path

from . import views

app_name = "second_factor"
urlpatterns = [
    path("", admin.site.admin_view(views.account), name="account"),
    path("kode/", views.code, name="code"),
]
