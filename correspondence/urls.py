from django.urls import path

from . import views

app_name = "correspondence"
urlpatterns = [
    path("", views.search, name="search"),
    path("<str:code>/", views.check, name="check"),
]
