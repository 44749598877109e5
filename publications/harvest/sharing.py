"""Press releases: the same text in three units or more within 3 days counts for the first, and is a share elsewhere.

A share has no weight (version 1 of the method). It is refused with the reason, which the entry page shows and the unit
may contest. What a person has decided is left as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from publications.models import Publication

SHARE = "share"
WITHIN = timedelta(days=3)
UNITS = 3
#: Shorter texts ("Selamat Hari Raya") are alike without having been sent around.
TEXT_FROM = 80
SAME_TEXT = 0.9

#: Postings of other units with the same beginning, or the same title and nearly the same beginning.
_PAIRS = """
SELECT p.id, q.id
FROM publications_publication p
JOIN publications_publication q ON q.unit_id <> p.unit_id AND q.is_sample = p.is_sample
    AND q.published_at BETWEEN p.published_at - %(within)s AND p.published_at + %(within)s
    AND q.excerpt <> '' AND char_length(q.excerpt) >= %(from)s AND q.kind NOT IN ('news', 'portal')
    AND (q.state = 'accepted' OR q.flags @> ARRAY['share']::varchar[])
    AND (md5(lower(q.excerpt)) = md5(lower(p.excerpt)) OR (md5(lower(q.title)) = md5(lower(p.title))
         AND similarity(q.excerpt, p.excerpt) >= %(same)s))
WHERE p.id = ANY(%(postings)s) AND char_length(p.excerpt) >= %(from)s AND p.kind NOT IN ('news', 'portal')
    AND (p.state = 'accepted' OR p.flags @> ARRAY['share']::varchar[])
"""


def mark_shares(postings: Iterable[Publication]) -> int:
    """Judge each posting together with the same text elsewhere; how many became shares."""
    keys = [posting.pk for posting in postings]
    groups = _groups(keys) if keys else {}
    found = Publication.objects.select_related("unit").in_bulk({pk for group in groups.values() for pk in group})
    return sum(_judge([found[pk] for pk in group]) for group in groups.values())


def mark_recent_shares(now: datetime) -> int:
    """The same for all of the last days: two units whose visits ran at once did not see each other. What a first
    visit brought from the past was judged as it came."""
    recent = Publication.objects.filter(first_seen_at__gte=now - WITHIN, first_seen_at__lte=now)
    return mark_shares(recent.exclude(flags__contains=["backfill"]).only("pk"))


def _groups(keys: Sequence[int]) -> dict[int, set[int]]:
    parameters: dict[str, Any] = {"postings": list(keys), "within": WITHIN, "from": TEXT_FROM, "same": SAME_TEXT}
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, parameters)
        groups: dict[int, set[int]] = defaultdict(set)
        for one, other in cursor.fetchall():
            groups[one] |= {one, other}
    return groups


@transaction.atomic
def _judge(group: list[Publication]) -> int:
    """The first counts, the others are shares; nothing in fewer than three units."""
    if len({posting.unit_id for posting in group}) < UNITS:
        return 0
    by_time = sorted((posting for posting in group if posting.published_at), key=lambda one: (one.published_at, one.pk))
    first = by_time[0]
    if SHARE in first.flags and first.reviewed_at is None:
        _write(first, Publication.State.ACCEPTED, [flag for flag in first.flags if flag != SHARE], "")
    others = [posting for posting in by_time if posting.unit_id != first.unit_id]
    open_ones = [one for one in others if one.state == Publication.State.ACCEPTED and one.reviewed_at is None]
    return sum(
        _write(posting, Publication.State.REJECTED, [*posting.flags, SHARE], _reason(first)) for posting in open_ones
    )


def _write(posting: Publication, state: str, flags: list[str], reason: str) -> int:
    """Only where nobody has decided meanwhile."""
    still = Publication.objects.filter(pk=posting.pk, state=posting.state, reviewed_at=None)
    changed = still.update(state=state, flags=flags, reason=reason)
    posting.state, posting.flags = state, flags
    return int(changed)


def _reason(first: Publication) -> str:
    day = local_day(first.published_at) if first.published_at else None
    words = _("Siaran pers: teks yang sama lebih dulu terbit di %(unit)s (%(day)s) dan dihitung di sana.")
    return (words % {"unit": first.unit, "day": f"{day:%d-%m-%Y}" if day else "?"})[:500]
