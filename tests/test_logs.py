"""Neither the secret of an address nor what somebody typed reaches the logs, whatever is refused or fails there."""

import io
import logging
import sys
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from celery.signals import after_setup_logger
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string
from gunicorn.config import Config

from cilegon_kip.logs import GunicornLogger
from requests_info import services
from requests_info.services import Asked, submit_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    """What the console's handler writes of Django's refusals, with the filters of the settings."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    line = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(import_string(line["class"])(line["format"]))
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield out
    logger.removeHandler(handler)


def make_case():
    asked = Asked("Isi permohonan", "Tujuan", "citizen", "Nama Pemohon", "Alamat")
    return submit_request(asked=asked, form_token=uuid4())


def test_a_refused_request_at_a_secret_address_is_logged_without_the_secret(client, written):
    case = make_case()
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


CANARY = "Sdr. Kanari Warga"
SECRET = f"/permohonan/{'c' * 32}/"


def fail(**values):
    name = CANARY
    raise ValueError(f"tidak dapat mencabut ({len(name)})")


def test_a_failure_at_a_secret_address_logs_and_mails_nothing_of_it(written, settings, monkeypatch):
    """A traceback shows lines of code, no values; and nobody is mailed Django's report, whoever ADMINS are."""
    settings.ADMINS = [("Petugas", "petugas@contoh.invalid")]
    monkeypatch.setattr(services, "withdraw_request", fail)
    address = make_case().get_absolute_url()
    answer = Client(raise_request_exception=False).post(address, {"langkah": "cabut", "yakin": "on", "nama": CANARY})
    assert answer.status_code == 500
    assert "ValueError: tidak dapat" in written.getvalue()
    assert address.strip("/").rpartition("/")[2] not in written.getvalue()
    assert CANARY not in written.getvalue()
    assert CANARY not in answer.content.decode()
    assert mail.outbox == []
    assert logging.getLogger("django").handlers == []


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("SELECT %s::json", "invalid input syntax for type json"),
        ("SELECT %s::int", "invalid input syntax for type integer"),
        ("SELECT %s::date", "invalid input syntax for type date"),
        ("INSERT INTO requests_info_requestevent (note) VALUES (%s)", "violates not-null constraint"),
        ("SELECT %s FROM tidak_ada", 'relation "tidak_ada" does not exist'),
    ],
)
def test_what_the_database_quotes_of_a_statement_or_row_is_cut(written, sql, kept):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [CANARY])
    except DatabaseError:
        logging.getLogger("django.request").exception("gagal")
    assert kept in written.getvalue()
    assert CANARY not in written.getvalue()


def test_a_report_of_an_error_holds_neither_forms_nor_variables():
    request = RequestFactory().post(SECRET, {"nama": CANARY}, headers={"referer": f"https://contoh.invalid{SECRET}"})
    report = import_string(settings.DEFAULT_EXCEPTION_REPORTER_FILTER)()
    frame = SimpleNamespace(f_locals={"wanted": CANARY})
    shown = str(
        [
            report.get_safe_request_meta(request),
            report.get_post_parameters(request),
            report.get_traceback_frame_variables(request, frame),
        ]
    )
    assert "nama" in shown
    assert CANARY not in shown
    assert "c" * 32 not in shown


def test_the_web_servers_own_lines_hold_no_secret(tmp_path):
    """gunicorn writes no line per request unless asked to; who asks gets it without secrets, also as referrer."""
    path = tmp_path / "akses.log"
    config = Config()
    config.set("accesslog", str(path))
    config.set("errorlog", str(tmp_path / "galat.log"))
    before = {name: list(logging.getLogger(name).handlers) for name in ("gunicorn.access", "gunicorn.error")}
    logger = GunicornLogger(config)
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": f"{SECRET}?a=1", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "192.0.2.1",
        "HTTP_REFERER": f"https://contoh.invalid{SECRET}",
    }  # fmt: skip
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    logger.error("Error handling request %s", SECRET)
    for name, handlers in before.items():
        logging.getLogger(name).handlers = handlers
    lines = path.read_text() + (tmp_path / "galat.log").read_text()
    assert lines.count("/permohonan/[rahasia]/") == 3
    assert "c" * 32 not in lines
    loaded: dict = {}
    exec((settings.BASE_DIR / "gunicorn.conf.py").read_text(), loaded)
    assert loaded["logger_class"] == f"{GunicornLogger.__module__}.{GunicornLogger.__name__}"


def test_the_workers_own_handlers_are_quiet_too():
    out, logger = io.StringIO(), logging.Logger("pekerja")
    logger.addHandler(logging.StreamHandler(out))
    after_setup_logger.send(sender=None, logger=logger, loglevel=logging.INFO, logfile=None, format="", colorize=False)
    logger.error("gagal pada %s", SECRET)
    assert out.getvalue() == "gagal pada /permohonan/[rahasia]/\n"


@pytest.mark.parametrize("path", ["permohonan", "keberatan"])
def test_behind_a_secret_nothing_is_kept_indexed_or_told_on(client, path):
    """Neither a case nor the refusal of one that does not exist: by caches, search engines, or the next page's log."""
    case = make_case()
    addresses = [
        f"/{path}/{'d' * 32}/",
        f"/{path}/{'d' * 32}",
        f"/{path}/{'d' * 32}/surat.pdf",
        case.get_absolute_url(),
    ]
    for address in addresses:
        for answer in (client.get(address), client.put(address)):
            assert "no-store" in answer["Cache-Control"], address
            assert "noindex" in answer["X-Robots-Tag"], address
            assert answer["Referrer-Policy"] == "no-referrer", address
    assert client.get("/permohonan/register/")["Referrer-Policy"] == "same-origin"
