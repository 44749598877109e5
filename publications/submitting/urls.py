from django.urls import path

from . import views

app_name = "links"
urlpatterns = [
    path("", views.send, name="send"),
    path("berkas/", views.send_csv, name="file"),
    path("contoh.csv", views.example, name="example"),
    path("bagikan/", views.shared, name="shared"),
]
