from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class RequestsInfoConfig(AppConfig):
    name = "requests_info"
    verbose_name = _("Permohonan informasi")

    def ready(self) -> None:
        """A decree that changes the days off moves the limits of open requests."""
        for signal in (post_save, post_delete):
            signal.connect(_calendar_changed, sender="opd.CalendarDay", dispatch_uid="requests_info.calendar")


def _calendar_changed(**kwargs: Any) -> None:
    from .tasks import keep_limits

    # robust: without Redis the next hour's run finds the same
    transaction.on_commit(keep_limits.delay, robust=True)
