from django.urls import path

from . import views

app_name = "channels"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("baru/", views.add, name="add"),
    path("baru/<int:pk>/", views.probe, name="probe"),
    path("<int:pk>/", views.channel, name="channel"),
    path("<int:pk>/kunjungi/", views.visit, name="visit"),
    path("<int:pk>/periksa/", views.probe_again, name="probe_again"),
    path("<int:pk>/putusan/<str:verdict>/", views.decide, name="decide"),
]
