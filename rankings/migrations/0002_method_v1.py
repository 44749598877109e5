"""Version 1 of the method, in force from the first month that can be ranked."""

from datetime import date

from django.db import migrations


def add_method(apps, schema_editor):
    apps.get_model("rankings", "Method").objects.get_or_create(version=1, defaults={"effective_from": date(2000, 1, 1)})


def remove_method(apps, schema_editor):
    apps.get_model("rankings", "Method").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("rankings", "0001_initial")]
    operations = [migrations.RunPython(add_method, remove_method)]
