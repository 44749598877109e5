"""What keeps letters as they were issued: triggers of the database, which also stop SQL.

Refusals are `restrict_violation` (23001), in Django an IntegrityError. They stop mistakes and other programs, not a
forger: who may write to the tables can `SET pgtrigger.ignore`, their owner can TRUNCATE (as the test runner does).
"""

from __future__ import annotations

import pgtrigger

_WITHDRAWAL = "- 'withdrawn_at' - 'withdrawn_by_id' - 'withdrawn_reason'"
#: For `.format(message)`: raises `restrict_violation` with the message.
REFUSE = "RAISE EXCEPTION '{}' USING ERRCODE = 'restrict_violation';"


def letter_stays() -> pgtrigger.Trigger:
    """A letter that is out is never changed or deleted; it may be withdrawn, once."""
    return pgtrigger.Trigger(
        name="letter_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
               AND to_jsonb(OLD) {_WITHDRAWAL} = to_jsonb(NEW) {_WITHDRAWAL} THEN
                RETURN NEW;
            END IF;
            {REFUSE.format("Surat yang sudah terbit tidak dapat diubah; surat hanya dapat ditarik satu kali.")}
        """,
    )


def rows_stay(name: str, message: str) -> pgtrigger.Trigger:
    """No row of this table is ever changed or deleted."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=REFUSE.format(message),
    )
