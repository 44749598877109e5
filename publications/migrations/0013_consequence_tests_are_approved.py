"""A second person approves the consequence test; what was approved stays while it is published."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0012_connectors_and_budgets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='consequencetest',
            options={'permissions': [('approve_consequencetest', 'Menyetujui uji konsekuensi')], 'verbose_name': 'uji konsekuensi', 'verbose_name_plural': 'uji konsekuensi'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consequencetest',
            name='test_stays_whole',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='document',
            name='exempt_rests_on_a_test',
        ),
        migrations.AddField(
            model_name='consequencetest',
            name='approved_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='disetujui pada'),
        ),
        migrations.AddField(
            model_name='consequencetest',
            name='approved_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='disetujui oleh'),
        ),
        migrations.AddField(
            model_name='consequencetest',
            name='written_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ditulis oleh'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consequencetest',
            trigger=pgtrigger.compiler.Trigger(name='approval_falls_with_a_change', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    IF OLD.approved_at IS NOT NULL\n                       AND (OLD.explanation, OLD.if_opened, OLD.if_closed, OLD.decided_by, OLD.decided_on)\n                       IS DISTINCT FROM (NEW.explanation, NEW.if_opened, NEW.if_closed, NEW.decided_by, NEW.decided_on)\n                    THEN NEW.approved_at = NULL; NEW.approved_by_id = NULL;\n                    END IF;\n                    RETURN NEW;\n                ', hash='2ec8511268241f336a8440aa9f6eec9f42e76d03', operation='UPDATE', pgid='pgtrigger_approval_falls_with_a_change_fb2cf', table='publications_consequencetest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consequencetest',
            trigger=pgtrigger.compiler.Trigger(name='test_stays_whole', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE is_needed boolean;', func="\n                    SELECT status = 'published' AND info_class = 'exempt' INTO is_needed\n                        FROM publications_document WHERE id = OLD.document_id FOR SHARE;\n                    IF is_needed AND (TG_OP = 'DELETE' OR NEW.document_id <> OLD.document_id OR NEW.explanation = ''\n                        OR NEW.if_opened = '' OR NEW.if_closed = '' OR NEW.decided_by = '' OR NEW.decided_on IS NULL\n                        OR (OLD.approved_at IS NOT NULL AND NEW.approved_at IS NULL))\n                    THEN RAISE EXCEPTION 'Uji konsekuensi dokumen yang terbit harus tetap lengkap.'\n                        USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                    RETURN NEW;\n                ", hash='4ec3d8e69e8b75c88b4f7a6073c9f46bda26367a', operation='UPDATE OR DELETE', pgid='pgtrigger_test_stays_whole_c3223', table='publications_consequencetest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='exempt_rests_on_a_test', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."info_class" = \'exempt\' AND NEW."status" = \'published\')', func="\n                    IF NOT EXISTS (SELECT 1 FROM publications_consequencetest t WHERE t.document_id = NEW.id\n                        AND t.explanation <> '' AND t.if_opened <> '' AND t.if_closed <> '' AND t.decided_by <> ''\n                        AND t.decided_on IS NOT NULL AND (t.approved_at IS NOT NULL OR NEW.is_sample\n                            OR TG_OP = 'UPDATE' AND OLD.status = 'published') FOR SHARE)\n                    THEN RAISE EXCEPTION 'Informasi dikecualikan memerlukan uji konsekuensi yang lengkap dan disetujui.'\n                        USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='7b5d383063b37fd09f3cdab35bb5c969496b1766', operation='INSERT OR UPDATE', pgid='pgtrigger_exempt_rests_on_a_test_de40b', table='publications_document', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='exempt_keeps_what_was_approved', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."info_class" = \'exempt\' AND OLD."info_class" = \'exempt\')', func="\n                    IF (OLD.legal_basis, OLD.exempt_until) IS NOT DISTINCT FROM (NEW.legal_basis, NEW.exempt_until) THEN\n                        RETURN NEW;\n                    END IF;\n                    IF OLD.status = 'published' AND NEW.status = 'published' THEN\n                        RAISE EXCEPTION 'Dasar dan jangka waktu informasi dikecualikan yang terbit tidak dapat diubah.'\n                            USING ERRCODE = 'restrict_violation';\n                    END IF;\n                    UPDATE publications_consequencetest SET approved_at = NULL, approved_by_id = NULL\n                        WHERE document_id = NEW.id AND approved_at IS NOT NULL;\n                    RETURN NEW;\n                ", hash='9c1c2e25be180a42f00dbdd8c63c5a16e92b5b99', operation='UPDATE', pgid='pgtrigger_exempt_keeps_what_was_approved_b8eec', table='publications_document', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='consequencetest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('written_by__isnull', False), models.Q(('approved_by', models.F('written_by')), _negated=True)), _connector='OR'), name='test_approved_by_another'),
        ),
    ]
