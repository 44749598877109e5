"""What keeps messages and files of a request true: triggers of the database, as those of `guards`."""

from __future__ import annotations

import pgtrigger

from correspondence.guards import REFUSE


def message_stays() -> pgtrigger.Trigger:
    """A message is never changed or deleted; that the desk dealt with it is noted once."""
    noted = "- 'handled_at' - 'handled_by_id'"
    return pgtrigger.Trigger(
        name="message_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'UPDATE' AND OLD.handled_at IS NULL AND to_jsonb(OLD) {noted} = to_jsonb(NEW) {noted} THEN
                RETURN NEW;
            END IF;
            {REFUSE.format("Pesan yang sudah terkirim tidak dapat diubah atau dihapus.")}
        """,
    )


def file_stays() -> pgtrigger.Trigger:
    """The row of a file is never changed or deleted; that its content was purged is noted once."""
    return pgtrigger.Trigger(
        name="request_file_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'UPDATE' AND OLD.purged_at IS NULL AND NEW.purged_at IS NOT NULL
               AND to_jsonb(OLD) - 'purged_at' = to_jsonb(NEW) - 'purged_at' THEN
                RETURN NEW;
            END IF;
            {REFUSE.format("Berkas permohonan tidak dapat diubah atau dihapus; hanya isinya dapat dihapus.")}
        """,
    )


def forward_is_allowed() -> pgtrigger.Trigger:
    """A unit gets files of its own request only, and never one that tells who the requester is."""
    return pgtrigger.Trigger(
        name="forward_is_allowed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM requests_info_requestfile f
                JOIN requests_info_assignment a ON a.information_request_id = f.information_request_id
                WHERE f.id = NEW.file_id AND a.id = NEW.assignment_id AND f.kind <> 'power_of_attorney'
            ) THEN
                RAISE EXCEPTION 'Berkas ini tidak boleh diteruskan kepada unit itu.'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        """,
    )
