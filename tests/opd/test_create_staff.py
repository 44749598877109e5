import io
import stat

import pytest
from django.core.management import CommandError, call_command

from opd.models import User
from opd.permissions import is_citywide, may, units_for
from tests.builders import make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_file(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR / "staff.txt"


@pytest.fixture
def units():
    return [make_unit(slug) for slug in ("diskominfo", "dinkes", "kelurahan-pabean", "kelurahan-gerem")]


def run():
    out = io.StringIO()
    call_command("create_staff", stdout=out)
    return out.getvalue()


def test_first_run_makes_accounts_that_can_log_in(staff_file, units, client):
    text = run()
    logins = dict(line.split()[:2] for line in staff_file.read_text().splitlines())
    assert list(logins) == ["admin", "ppid-utama", "operator-dinkes", "operator-pabean", "operator-gerem"]
    assert all(password in text and len(password) >= 12 for password in logins.values())
    assert len(set(logins.values())) == 5
    assert stat.S_IMODE(staff_file.stat().st_mode) == 0o600
    for username, password in logins.items():
        assert User.objects.get(username=username).check_password(password)
    assert is_citywide(User.objects.get(username="ppid-utama"))
    operator = User.objects.get(username="operator-pabean")
    assert [unit.slug for unit in units_for(operator)] == ["kelurahan-pabean"]
    assert may(operator, "publications.add_activity")


def test_second_run_changes_nothing_and_shows_no_password(staff_file, units):
    run()
    before, kept = list(User.objects.order_by("pk").values()), staff_file.read_text()
    text = run()
    assert str(staff_file) in text
    assert not any(line.split()[1] in text for line in kept.splitlines())
    assert (list(User.objects.order_by("pk").values()), staff_file.read_text()) == (before, kept)


def test_missing_account_is_added_and_the_others_stay(staff_file, units):
    run()
    kept = User.objects.get(username="admin").password
    User.objects.get(username="operator-gerem").delete()
    assert "operator-gerem" in run()
    assert User.objects.get(username="admin").password == kept
    assert len(staff_file.read_text().splitlines()) == 6


def test_lost_file_is_told(staff_file, units):
    run()
    staff_file.unlink()
    assert "hilang" in run()


def test_without_register_nothing_is_made(staff_file):
    with pytest.raises(CommandError, match="load_register"):
        run()
    assert not User.objects.exists()


def test_production_refuses(staff_file, units, settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="createsuperuser"):
        run()
    assert not User.objects.exists()
