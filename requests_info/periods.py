"""The lengths in force, from the settings."""

from django.conf import settings

from .deadlines import Periods


def periods() -> Periods:
    return Periods(
        notice=settings.REQUEST_NOTICE_DAYS,
        extension=settings.REQUEST_EXTENSION_DAYS,
        completeness=settings.REQUEST_COMPLETENESS_DAYS,
        completion=settings.REQUEST_COMPLETION_DAYS,
        objection=settings.OBJECTION_DAYS,
        objection_answer=settings.OBJECTION_ANSWER_DAYS,
        dispute=settings.DISPUTE_DAYS,
    )
