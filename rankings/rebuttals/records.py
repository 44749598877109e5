"""Decided objections as plain facts, without persons: lines of the input file."""

from __future__ import annotations

from typing import Any

from rankings.models import Ranking

from .models import Rebuttal, RebuttalItem


def decided_facts(ranking: Ranking) -> list[dict[str, Any]]:
    """By unit, then in the order they were made. Open ones change nothing yet, and hold the month open."""
    rows = ranking.rebuttals.decided().select_related("unit").with_items()
    return [_facts(row) for row in sorted(rows, key=lambda row: (row.unit.slug, row.made_at, row.pk))]


def _facts(rebuttal: Rebuttal) -> dict[str, Any]:
    return {
        "id": rebuttal.pk,
        "unit": rebuttal.unit.slug,
        "made_at": rebuttal.made_at,
        "reason": rebuttal.reason,
        "decided_at": rebuttal.decided_at,
        "outcome": rebuttal.outcome,
        "answer": rebuttal.answer,
        "items": [_item(item) for item in rebuttal.items.all()],
    }


def _item(item: RebuttalItem) -> dict[str, Any]:
    publication, channel = item.publication, item.channel
    what: dict[str, Any] = {"claimed_on": item.claimed_on}
    if publication is not None:
        what |= {"publication": publication.pk, "key": publication.permalink_key}
    if channel is not None:
        what |= {"channel": channel.key, "channel_kind": channel.kind, "claimed_until": item.claimed_until}
    return {"kind": item.kind, **what, "verdict": item.verdict, "answer": item.answer}
