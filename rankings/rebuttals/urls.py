from django.urls import path, re_path

from cilegon_kip.common.jakarta import MONTH_PATTERN

from . import views

app_name = "rebuttals"
urlpatterns = [
    path("", views.overview, name="overview"),
    re_path(rf"^baru/(?P<month>{MONTH_PATTERN})/(?P<slug>[-\w]+)/$", views.make, name="make"),
    path("<int:pk>/", views.item, name="item"),
]
