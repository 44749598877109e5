"""Which officer of the desk has taken a case."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('requests_info', '0012_messages_files_and_ratings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='diambil pada')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='dilepas pada')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='alasan')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='dilepas oleh')),
                ('information_request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='requests_info.informationrequest', verbose_name='permohonan')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to=settings.AUTH_USER_MODEL, verbose_name='petugas')),
            ],
            options={
                'verbose_name': 'penanganan',
                'verbose_name_plural': 'penanganan',
                'ordering': ('at', 'pk'),
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['user'], name='claim_of_officer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('information_request',), name='claim_by_one_officer'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('reason', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='claim_ended_by_somebody'), models.CheckConstraint(condition=models.Q(('ended_by', None), ('ended_by', models.F('user')), models.Q(('reason', ''), _negated=True), _connector='OR'), name='claim_taken_over_with_reason')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='claim_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL\n               OR (OLD.information_request_id, OLD.user_id, OLD.at)\n                  IS DISTINCT FROM (NEW.information_request_id, NEW.user_id, NEW.at)\n            THEN\n                RAISE EXCEPTION 'Riwayat penanganan tidak dapat diubah atau dihapus.' USING ERRCODE = 'restrict_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='4d17cb2ba7a17c975ce0f1bd93e1dbfb4bfde9ba', operation='UPDATE OR DELETE', pgid='pgtrigger_claim_stays_64973', table='requests_info_claim', when='BEFORE')),
        ),
    ]
