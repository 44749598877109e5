import pytest
from django.core.management import CommandError, call_command

from publications.models import Activity


@pytest.mark.django_db
def test_without_register_it_says_what_to_run_first():
    with pytest.raises(CommandError, match="load_register"):
        call_command("load_sample")
    assert not Activity.objects.exists()
