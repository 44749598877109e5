from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RankingsConfig(AppConfig):
    name = "rankings"
    verbose_name = _("Peringkat")

    def ready(self) -> None:
        """How late a posting may be seen is part of the method; publications ask for it, and may not import it."""
        from publications import lateness

        from .methods import late_limit

        lateness.ask(late_limit)
