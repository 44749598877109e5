"""What keeps a final month as it is: triggers of the database, which also stop SQL, and how deleting is refused.

Refusals are `restrict_violation` (23001), in Django an IntegrityError. TRUNCATE, and switching triggers off, stay
with the owner of the tables: the test runner empties tables that way. The SHA-256 shows it if somebody does.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db.models.deletion import CASCADE, Collector, ProtectedError
from django.utils.translation import gettext as _

#: Raised for the ranking in `found`.
_REFUSE = """RAISE EXCEPTION 'Peringkat % revisi % sudah final dan tidak dapat diubah.',
            to_char(found.month, 'YYYY-MM'), found.revision
            USING ERRCODE = 'restrict_violation', HINT = 'Perbaikannya adalah revisi baru, yang menyebut yang lama.';"""


def final_ranking_stays() -> pgtrigger.Trigger:
    """No change and no deletion of a ranking that is final; the step from draft to final is the last one."""
    return pgtrigger.Trigger(
        name="final_ranking_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        declare=[("found", "rankings_ranking")],
        condition=pgtrigger.Q(old__status="final"),
        func=f"found = OLD; {_REFUSE} RETURN NULL;",
    )


def rows_of_final_stay() -> list[pgtrigger.Trigger]:
    """No row comes to a final ranking, leaves it or changes in it.

    Checked once a statement, over all its rows. FOR SHARE: whoever finalises at this moment is waited for, and the
    other way round, so that no row slips in between.
    """
    tables = {"insert": ["new_rows"], "update": ["old_rows", "new_rows"], "delete": ["old_rows"]}
    operations = {"insert": pgtrigger.Insert, "update": pgtrigger.Update, "delete": pgtrigger.Delete}
    return [
        pgtrigger.Trigger(
            name=f"final_stays_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operations[name],
            referencing=pgtrigger.Referencing(**{row[:3]: row for row in rows}),  # type: ignore[no-untyped-call]
            declare=[("found", "record")],
            func=_check(rows),
        )
        for name, rows in tables.items()
    ]


def _check(tables: list[str]) -> str:
    touched = " UNION ".join(f"SELECT ranking_id FROM {table}" for table in tables)  # noqa: S608  (our own names)
    return f"""
        FOR found IN
            SELECT r.month, r.revision, r.status FROM rankings_ranking r WHERE r.id IN ({touched})
            ORDER BY r.id FOR SHARE
        LOOP
            IF found.status = 'final' THEN {_REFUSE} END IF;
        END LOOP;
        RETURN NULL;
    """  # noqa: S608


def undecided_rebuttals_hold() -> pgtrigger.Trigger:
    """No ranking becomes final while a unit's objection against it waits for a decision.

    An objection that is being made holds a share lock on the ranking (`rows_of_final_stay`): it is waited for and seen.
    """
    return pgtrigger.Trigger(
        name="undecided_rebuttals_hold",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__status="final") & ~pgtrigger.Q(old__status="final"),
        func="""
            IF EXISTS (SELECT 1 FROM rankings_rebuttal WHERE ranking_id = NEW.id AND status = 'open') THEN
                RAISE EXCEPTION 'Peringkat % revisi % masih mempunyai sanggahan yang belum diputuskan.',
                    to_char(NEW.month, 'YYYY-MM'), NEW.revision USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
    )


def cascade_unless_final(collector: Collector, field: Any, sub_objs: Any, using: str) -> None:
    """`on_delete` of evidence: it goes with its publication, but what a final month rests on cannot be deleted."""
    held = sub_objs.filter(ranking__status="final")
    if held.exists():
        raise ProtectedError(_("Tidak dapat dihapus: menjadi bukti peringkat yang sudah final."), set(held))
    CASCADE(collector, field, sub_objs, using)
