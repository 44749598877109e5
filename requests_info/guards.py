"""What keeps a register true: triggers of the database, which also stop SQL. Refusals are IntegrityErrors."""

from __future__ import annotations

import pgtrigger

from correspondence.guards import REFUSE


def registration_stays() -> pgtrigger.Trigger:
    """A request keeps its number, its secret and the moment of its receipt, and is never deleted."""
    return pgtrigger.Trigger(
        name="registration_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' THEN
                {REFUSE.format("Permohonan terdaftar tidak dapat dihapus.")}
            END IF;
            IF (OLD.number, OLD.year, OLD.sequence, OLD.token_hash, OLD.received_at, OLD.created_at)
               IS DISTINCT FROM (NEW.number, NEW.year, NEW.sequence, NEW.token_hash, NEW.received_at, NEW.created_at)
            THEN
                {REFUSE.format("Nomor, rahasia dan waktu penerimaan permohonan tidak dapat diubah.")}
            END IF;
            RETURN NEW;
        """,
    )


def objection_stays() -> pgtrigger.Trigger:
    """An objection keeps number, secret, subject, addressee and receipt, is decided once, and is never deleted."""
    kept = (
        *("number", "year", "sequence", "token_hash", "information_request_id", "ground", "unit_id"),
        *("source", "received_at", "entered_by_id", "created_at"),
    )
    old, new = (", ".join(f"{row}.{name}" for name in kept) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name="objection_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' THEN
                {REFUSE.format("Keberatan terdaftar tidak dapat dihapus.")}
            END IF;
            IF ({old}) IS DISTINCT FROM ({new})
               OR (OLD.status = 'decided' AND (OLD.status, OLD.closed_at) IS DISTINCT FROM (NEW.status, NEW.closed_at))
            THEN
                {REFUSE.format("Keberatan yang sudah didaftar atau diputuskan tidak dapat diubah.")}
            END IF;
            RETURN NEW;
        """,
    )


def dispute_is_ripe() -> pgtrigger.Trigger:
    """No dispute before the superior decided, or the superior's days are over (Pasal 37 ayat (2))."""
    return pgtrigger.Trigger(
        name="dispute_is_ripe",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM requests_info_objection o WHERE o.id = NEW.objection_id AND (
                    (o.closed_at AT TIME ZONE 'Asia/Jakarta')::date <= NEW.registered_on OR o.due_on < NEW.registered_on
                )
            ) THEN
                RAISE EXCEPTION 'Sengketa belum dapat didaftarkan pada tanggal itu.'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
    )


def dispute_stays() -> pgtrigger.Trigger:
    """A dispute belongs to its objection, is never deleted, and does not change once its outcome is recorded."""
    return pgtrigger.Trigger(
        name="dispute_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' OR OLD.outcome <> '' OR OLD.objection_id <> NEW.objection_id THEN
                {REFUSE.format("Sengketa yang sudah tercatat hasilnya tidak dapat diubah; sengketa tidak dihapus.")}
            END IF;
            RETURN NEW;
        """,
    )


def claim_stays() -> pgtrigger.Trigger:
    """Who had a case and since when never changes; a claim ends once."""
    return pgtrigger.Trigger(
        name="claim_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
               OR (OLD.information_request_id, OLD.user_id, OLD.at)
                  IS DISTINCT FROM (NEW.information_request_id, NEW.user_id, NEW.at)
            THEN
                {REFUSE.format("Riwayat penanganan tidak dapat diubah atau dihapus.")}
            END IF;
            RETURN NEW;
        """,
    )


def refusal_rests_on_approval() -> pgtrigger.Trigger:
    """What is refused, wholly or in part, by a test: one that a second person approved and whose period is not over."""
    return pgtrigger.Trigger(
        name="refusal_rests_on_approval",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__consequence_test__isnull=False),
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM publications_consequencetest t JOIN publications_document d ON d.id = t.document_id
                WHERE t.id = NEW.consequence_test_id AND t.approved_at IS NOT NULL
                AND d.info_class = 'exempt' AND d.status = 'published'
                AND (d.exempt_until IS NULL OR d.exempt_until >= (NEW.at AT TIME ZONE 'Asia/Jakarta')::date)
            ) THEN
                RAISE EXCEPTION 'Penolakan memerlukan uji konsekuensi yang disetujui dan masih berlaku.'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
    )
