"""What keeps final months and methods as they are: triggers of the database, which also stop SQL.

Refusals are `restrict_violation` (23001), in Django an IntegrityError. They stop mistakes and other programs, not a
forger: who may write to the tables can `SET pgtrigger.ignore`, their owner can TRUNCATE (as the test runner does).
What shows that is `verify_ranking` and the published SHA-256.
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


def used_method_stays() -> pgtrigger.Trigger:
    """A method by which a month was ranked, be it provisional, neither changes nor goes."""
    return pgtrigger.Trigger(
        name="immutable_once_used",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func="""
            IF EXISTS (SELECT 1 FROM rankings_ranking WHERE method_id = OLD.id) THEN
                RAISE EXCEPTION 'metode versi % sudah dipakai dan tidak dapat diubah', OLD.version;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def activated_method_stays() -> pgtrigger.Trigger:
    """An activated method is public and stays as it is, until its activation is taken back; never for past months.

    Its months begin after those of every earlier version, and no draft or final month may lie among them: that month
    would have been ranked by another method than the one in force.
    """
    return pgtrigger.Trigger(
        name="stays_once_activated",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func="""
            IF TG_OP <> 'INSERT' AND OLD.activated_at IS NOT NULL
                AND (TG_OP = 'DELETE' OR NEW.activated_at IS NOT NULL) THEN
                RAISE EXCEPTION 'Metode versi % sudah diaktifkan dan tidak dapat diubah.', OLD.version
                USING ERRCODE = 'restrict_violation', HINT = 'Batalkan dahulu aktivasinya, atau buat versi baru.';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF NEW.activated_at IS NOT NULL AND EXISTS (
                SELECT 1 FROM rankings_ranking r WHERE r.status <> 'provisional' AND r.month >= NEW.effective_from) THEN
                RAISE EXCEPTION 'Metode versi % tidak dapat berlaku surut: sudah ada rancangan atau peringkat final.',
                NEW.version USING ERRCODE = 'restrict_violation';
            END IF;
            IF NEW.activated_at IS NOT NULL AND EXISTS (
                SELECT 1 FROM rankings_method m WHERE m.id <> NEW.id AND m.activated_at IS NOT NULL
                    AND (m.version < NEW.version) <> (m.effective_from < NEW.effective_from)) THEN
                RAISE EXCEPTION 'Metode versi % harus berlaku sesudah versi sebelumnya.', NEW.version
                USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
    )


def ranked_by_method_in_force() -> pgtrigger.Trigger:
    """A month is ranked by the activated method in force in it, whoever writes the row."""
    return pgtrigger.Trigger(
        name="method_in_force",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("method_id", "status", "month"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func="""
            IF NEW.method_id IS DISTINCT FROM (
                SELECT m.id FROM rankings_method m WHERE m.activated_at IS NOT NULL AND m.effective_from <= NEW.month
                ORDER BY m.effective_from DESC LIMIT 1) THEN
                RAISE EXCEPTION 'Peringkat % hanya dapat memakai metode yang berlaku pada bulan itu.',
                to_char(NEW.month, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
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
