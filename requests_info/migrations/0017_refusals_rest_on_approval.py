"""A refusal rests on a test that was approved and whose period is not over."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0013_consequence_tests_are_approved'),
        ('requests_info', '0016_answers_and_service_pages'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='refusal_rests_on_approval', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."consequence_test_id" IS NOT NULL)', func="\n            IF NOT EXISTS (\n                SELECT 1 FROM publications_consequencetest t JOIN publications_document d ON d.id = t.document_id\n                WHERE t.id = NEW.consequence_test_id AND t.approved_at IS NOT NULL\n                AND d.info_class = 'exempt' AND d.status = 'published'\n                AND (d.exempt_until IS NULL OR d.exempt_until >= (NEW.at AT TIME ZONE 'Asia/Jakarta')::date)\n            ) THEN\n                RAISE EXCEPTION 'Penolakan memerlukan uji konsekuensi yang disetujui dan masih berlaku.'\n                    USING ERRCODE = 'restrict_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='93379e509ffbf4330e7d447f93a2e099d6bb20fe', operation='INSERT', pgid='pgtrigger_refusal_rests_on_approval_15af2', table='requests_info_decision', when='BEFORE')),
        ),
    ]
