"""Mail about objections: the unit hears of the decision."""

from __future__ import annotations

import logging

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from correspondence.services import MailError, queue_mail, recipients_of

from .models import Rebuttal

logger = logging.getLogger(__name__)


def tell_decision(rebuttal: Rebuttal) -> None:
    """Tell the unit's office and people, once. A unit without an address reads the decision on its pages."""
    to = recipients_of(rebuttal.unit)
    if not to:
        return
    words = {"month": date_format(rebuttal.ranking.month, "F Y"), "outcome": rebuttal.get_outcome_display().lower()}
    subject = _("Putusan sanggahan peringkat %(month)s: %(outcome)s") % words
    if rebuttal.ranking.is_sample:
        subject = _("%(subject)s (data contoh)") % {"subject": subject}
    context = {"rebuttal": rebuttal, "items": list(rebuttal.items.select_related("publication", "channel"))}
    try:
        queue_mail(
            key=f"rebuttal:{rebuttal.pk}", to=to, subject=subject, template="rankings/emails/rebuttal", context=context
        )
    except MailError as error:  # a wrong address must not undo the decision
        logger.warning("no mail about rebuttal %d: %s", rebuttal.pk, error)
