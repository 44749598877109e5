"""Addressee and file of letters are encrypted at rest; the letters that are there are written anew, past their triggers."""

from django.db import migrations, models

import cilegon_kip.common.encryption
from cilegon_kip.common.encryption import decrypt, decrypt_bytes, encrypt, encrypt_bytes

KEPT = {"correspondence_letter": "letter_stays", "correspondence_letterfile": "letter_file_stays"}


def rewrite(schema_editor, table, column, change):
    """By SQL, row by row (files are large); letters are held by a trigger, which is off in this transaction only."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s", [table, "pgtrigger_" + KEPT[table] + "%"])
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(row[0] for row in cursor.fetchall()) + "}"])
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")
        for (pk,) in cursor.fetchall():
            cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [change(cursor.fetchone()[0]), pk])
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def lock_away(apps, schema_editor):
    rewrite(schema_editor, "correspondence_letter", "addressee", encrypt)
    rewrite(schema_editor, "correspondence_letterfile", "content", lambda stored: encrypt_bytes(bytes(stored)))


def bring_back(apps, schema_editor):
    rewrite(schema_editor, "correspondence_letter", "addressee", decrypt)
    rewrite(schema_editor, "correspondence_letterfile", "content", lambda stored: decrypt_bytes(bytes(stored)))


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0004_mail_is_encrypted")]
    operations = [
        migrations.RemoveConstraint(model_name="letterfile", name="letter_file_has_its_hash"),
        migrations.RunPython(lock_away, bring_back),
        migrations.AlterField(
            model_name="letter",
            name="addressee",
            field=cilegon_kip.common.encryption.EncryptedTextField(verbose_name="kepada"),
        ),
        migrations.AlterField(
            model_name="letterfile",
            name="content",
            field=cilegon_kip.common.encryption.EncryptedBinaryField(verbose_name="isi"),
        ),
        migrations.AddConstraint(
            model_name="letterfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="letter_file_has_a_hash"
            ),
        ),
    ]
