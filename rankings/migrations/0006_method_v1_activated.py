"""Every version that was there until now took effect by being saved: those are activated."""

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def activate(apps, schema_editor):
    methods = apps.get_model("rankings", "Method").objects
    methods.filter(activated_at=None).update(activated_at=timezone.now())
    methods.filter(version__gt=1, note="").update(note="Tanpa catatan.")


class Migration(migrations.Migration):
    dependencies = [("rankings", "0005_method_activation")]
    operations = [migrations.RunPython(activate, migrations.RunPython.noop)]
