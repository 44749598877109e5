"""The letters of a request, numbered with the other outgoing letters. Their formats are the city's to change."""

from django.db import migrations

KINDS = [("request-notice", "Pemberitahuan Tertulis"), ("request-refusal", "Surat Keputusan Penolakan")]


def add(apps, schema_editor):
    LetterKind = apps.get_model("correspondence", "LetterKind")
    series = apps.get_model("correspondence", "Series").objects.get(slug="surat")
    for slug, name in KINDS:
        LetterKind.objects.get_or_create(slug=slug, defaults={"name": name, "series": series, "classification": "488"})


class Migration(migrations.Migration):
    dependencies = [
        ("requests_info", "0002_handling"),
        ("correspondence", "0002_kinds_of_the_ranking"),
    ]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
