"""The series and kinds of letters that follow from the ranking. Their formats are the city's to change."""

from django.db import migrations

SERIES = [
    ("surat", "Surat keluar", "{klasifikasi}/{urut}/PPID/{tahun}"),
    ("piagam", "Piagam", "{klasifikasi}/{urut}/PIAGAM-PPID/{tahun}"),
]
KINDS = [
    ("certificate", "Piagam Penghargaan", "piagam"),
    ("appreciation", "Surat Apresiasi", "surat"),
    ("reminder", "Surat Pengingat", "surat"),
    ("warning-1", "Teguran Tertulis 1", "surat"),
    ("warning-2", "Teguran Tertulis 2", "surat"),
    ("warning-3", "Teguran Tertulis 3", "surat"),
    ("guidance", "Surat Pembinaan", "surat"),
]
CLASSIFICATION = "488"


def add(apps, schema_editor):
    Series = apps.get_model("correspondence", "Series")
    LetterKind = apps.get_model("correspondence", "LetterKind")
    made = {
        slug: Series.objects.get_or_create(slug=slug, defaults={"name": name, "number_format": number_format})[0]
        for slug, name, number_format in SERIES
    }
    for slug, name, series in KINDS:
        values = {"name": name, "series": made[series], "classification": CLASSIFICATION}
        LetterKind.objects.get_or_create(slug=slug, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
