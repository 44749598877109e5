"""The secret of an address does not reach the logs, whatever is refused there."""

import io
import logging
import sys
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from requests_info.services import Asked, submit_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    """What the console's handler writes of Django's refusals, with the filters of the settings."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield out
    logger.removeHandler(handler)


def test_a_refused_request_at_a_secret_address_is_logged_without_the_secret(client, written):
    case = submit_request(
        asked=Asked("Isi permohonan", "Tujuan", "citizen", "Nama Pemohon", "Alamat"), form_token=uuid4()
    )
    address = case.get_absolute_url()
    secret = address.strip("/").rpartition("/")[2]
    assert client.get(f"{address}surat.pdf").status_code == 404
    assert client.put(address).status_code == 405
    assert secret not in written.getvalue()
    assert "/permohonan/[rahasia]/surat.pdf" in written.getvalue()


def test_the_address_of_an_objection_is_a_secret_too(client, written):
    assert client.get(f"/keberatan/{'b' * 32}/").status_code == 404
    assert "/keberatan/[rahasia]/" in written.getvalue()
    assert "b" * 32 not in written.getvalue()


def test_the_cause_of_a_failure_stays_readable(written):
    try:
        raise ValueError("sebab")
    except ValueError:
        logging.getLogger("django.request").error(
            "Internal Server Error: %s", f"/permohonan/{'a' * 32}/", exc_info=sys.exc_info()
        )
    assert "/permohonan/[rahasia]/" in written.getvalue()
    assert "ValueError: sebab" in written.getvalue()
