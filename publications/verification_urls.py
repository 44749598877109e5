from django.urls import path

from . import verification_views as views

app_name = "verification"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("berikutnya/", views.take_next, name="next"),
    path("<int:pk>/", views.item, name="item"),
]
