from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CorrespondenceConfig(AppConfig):
    name = "correspondence"
    verbose_name = _("Surat dan surel")

    def ready(self) -> None:
        from . import checks  # noqa: F401
