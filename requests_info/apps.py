from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsInfoConfig(AppConfig):
    name = "requests_info"
    verbose_name = _("Permohonan informasi")
