"""Django's own Indonesian, where it stumbles, is replaced by ours."""

import re

import pytest
from django.conf import settings
from django.utils.translation import gettext, ngettext

PAIR = re.compile(r'^msgid "(.+)"\n(?:msgid_plural "(.+)"\n)?msgstr(?:\[0\])? "(.+)"$', re.MULTILINE)
PAIRS = PAIR.findall((settings.LOCALE_PATHS[0] / "id/LC_MESSAGES/django.po").read_text())


def test_the_catalogue_is_read():
    assert len(PAIRS) >= 12


@pytest.mark.parametrize(("source", "plural", "ours"), PAIRS)
def test_the_compiled_catalogue_is_the_written_one(source, plural, ours):
    assert (ngettext(source, plural, 2) if plural else gettext(source)) == ours


@pytest.mark.django_db
def test_a_wrong_password_is_answered_in_good_indonesian(client):
    page = client.post("/admin/login/", {"username": "siapa", "password": "salah"}).content.decode()
    assert "Nama pengguna atau sandi keliru." in page
    assert "nama pengguna nama pengguna" not in page
