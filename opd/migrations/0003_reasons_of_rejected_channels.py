"""What stood in "how" of a rejected channel was the reason of its rejection."""

from django.db import migrations
from django.db.models import F


def move(apps, schema_editor):
    rejected = apps.get_model("opd", "Channel").objects.filter(status="rejected").exclude(verified_how="")
    rejected.update(rejected_reason=F("verified_how"), verified_how="")


def back(apps, schema_editor):
    rejected = apps.get_model("opd", "Channel").objects.filter(status="rejected").exclude(rejected_reason="")
    rejected.update(verified_how=F("rejected_reason"), rejected_reason="")


class Migration(migrations.Migration):
    dependencies = [("opd", "0002_channel_proof_and_reason")]
    operations = [migrations.RunPython(move, back)]
