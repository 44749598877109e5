"""What keeps a published answer as it was approved: a trigger of the database, which also stops SQL."""

from __future__ import annotations

import pgtrigger

from correspondence.guards import REFUSE


def answer_stays() -> pgtrigger.Trigger:
    """An answer begins as a draft; once it is out its words stay, it is withdrawn once, and it is never deleted.

    Before a row is written, PostgreSQL has not yet made its generated column (`search`): it is left out.
    """
    withdrawal = "- 'search' - 'status' - 'withdrawn_at' - 'withdrawn_by_id' - 'withdrawn_reason'"
    return pgtrigger.Trigger(
        name="answer_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.status <> 'draft' THEN
                    {REFUSE.format("Jawaban baru selalu berupa naskah.")}
                END IF;
                RETURN NEW;
            END IF;
            IF OLD.status = 'draft' THEN
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                IF NEW.status = 'withdrawn' OR NEW.status = 'published' AND
                    (OLD.question, OLD.text, OLD.unit_id, OLD.written_by_id, OLD.revision)
                    IS DISTINCT FROM (NEW.question, NEW.text, NEW.unit_id, NEW.written_by_id, NEW.revision) THEN
                    {REFUSE.format("Jawaban terbit persis seperti naskah yang disetujui.")}
                END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND NEW.status = 'withdrawn'
               AND to_jsonb(OLD) {withdrawal} = to_jsonb(NEW) {withdrawal} THEN
                RETURN NEW;
            END IF;
            {REFUSE.format("Jawaban yang sudah terbit tidak dapat diubah; jawaban hanya dapat ditarik.")}
        """,
    )
