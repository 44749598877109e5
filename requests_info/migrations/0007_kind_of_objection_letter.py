"""The superior's decision on an objection, numbered with the other outgoing letters."""

from django.db import migrations


def add(apps, schema_editor):
    LetterKind = apps.get_model("correspondence", "LetterKind")
    series = apps.get_model("correspondence", "Series").objects.get(slug="surat")
    LetterKind.objects.get_or_create(
        slug="objection-decision",
        defaults={"name": "Keputusan Atas Keberatan", "series": series, "classification": "488"},
    )


class Migration(migrations.Migration):
    dependencies = [("requests_info", "0006_objections"), ("correspondence", "0002_kinds_of_the_ranking")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
