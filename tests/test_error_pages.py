"""Every error answers in the site's look; those of 500 and 503 stand on nothing."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponseNotAllowed
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from cilegon_kip import errors
from cilegon_kip.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401

from .people import PASSWORD, make_person


def raising(error):
    def view(request):
        raise error

    return view


def refuse(request):
    return HttpResponseNotAllowed(["GET"])


urlpatterns = [
    path("uji/400/", raising(SuspiciousOperation("x"))),
    path("uji/403/", raising(PermissionDenied())),
    path("uji/405/", refuse),
    path("uji/413/", raising(RequestDataTooBig())),
    path("uji/500/", raising(RuntimeError("rahasia"))),
    path("uji/503/", raising(OperationalError("connection refused"))),
    path("api/v1/uji/500/", raising(RuntimeError("rahasia"))),
    *urlpatterns,
]
pytestmark = pytest.mark.urls("tests.test_error_pages")


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("status", [400, 403, 405, 413, 500, 503])
def test_error_says_what_happened_and_where_to_go(visitor, status):
    response = visitor.get(f"/uji/{status}/")
    text = response.content.decode()
    assert response.status_code == status
    assert text.count("<h1") == 1
    assert f"Kode {status}" in text
    assert 'action="/cari/"' in text
    assert "rahasia" not in text
    assert "css/base.css" in text


def test_unknown_address_is_404_in_the_sites_look(visitor):
    response = visitor.get("/tidak-ada/")
    assert response.status_code == 404
    assert "Halaman ini tidak ditemukan" in response.content.decode()
    assert 'rel="canonical"' not in response.content.decode()


def test_method_not_allowed_keeps_its_allow_header(visitor):
    assert visitor.get("/uji/405/")["Allow"] == "GET"


def test_api_errors_are_json(visitor):
    response = visitor.get("/api/v1/uji/500/")
    assert response.status_code == 500
    assert (response.json()["status"], response.json()["errors"]) == (500, [])


def test_error_names_the_contact_where_there_is_one(visitor, settings):
    settings.CONTACT_EMAIL = "ppid@cilegon.invalid"
    assert "mailto:ppid@cilegon.invalid" in visitor.get("/tidak-ada/").content.decode()
    assert "mailto:ppid@cilegon.invalid" in visitor.get("/uji/500/").content.decode()


@pytest.mark.parametrize("status", [500, 503])
def test_page_stands_without_a_static_manifest(visitor, settings, tmp_path, status):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    response = visitor.get(f"/uji/{status}/")
    assert response.status_code == status
    assert 'href="/static/css/base.css"' in response.content.decode()


@pytest.mark.parametrize("status", [500, 503])
def test_page_stands_without_context_processors(visitor, settings, status):
    broken = {**settings.TEMPLATES[0], "OPTIONS": {"context_processors": ["tests.test_error_pages.broken_processor"]}}
    settings.TEMPLATES = [broken]
    assert visitor.get(f"/uji/{status}/").status_code == status


def broken_processor(request):
    raise RuntimeError("no database, no context")


def test_plain_pages_need_no_request():
    assert errors.plain_context()["portal_name"] == "KIP Cilegon"


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("connection already closed")])
def test_database_error_inside_another_is_unavailable(error):
    request = RequestFactory().get("/")
    try:
        try:
            raise error
        except Exception as cause:
            raise RuntimeError("in a template") from cause
    except RuntimeError:
        assert errors.server_error(request).status_code == 503


def test_other_errors_stay_500():
    try:
        raise ValueError("x")
    except ValueError:
        assert errors.server_error(RequestFactory().get("/")).status_code == 500


def test_request_larger_than_any_form_is_refused_with_the_limit(visitor, settings):
    settings.REQUEST_MAX_BYTES = 2 * 1024 * 1024
    response = visitor.post("/preferensi/", data=b"x" * (2 * 1024 * 1024 + 1), content_type="text/plain")
    assert response.status_code == 413
    assert "2 MB" in response.content.decode()
    assert visitor.post("/preferensi/", {"tema": "gelap"}).status_code == 302


PAGES = [
    "/",
    "/unit/",
    "/unit/pabean/",
    "/kegiatan/",
    "/kegiatan/1/x/",
    "/kegiatan/atom.xml",
    "/cari/?q=giat",
    "/peringkat/",
    "/peringkat/2023-01/",
    "/sitemap.xml",
    "/foto/00000000-0000-4000-8000-000000000000/small.webp",
    "/admin/",
]


@pytest.fixture
def database_away(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection to server failed")

    def go():
        monkeypatch.setattr(connection, "cursor", refuse)
        monkeypatch.setattr(connection, "ensure_connection", refuse)

    return go


@pytest.mark.parametrize("address", PAGES)
def test_visitor_gets_503_while_the_database_is_away(visitor, database_away, address):
    database_away()
    response = visitor.get(address, follow=False)
    if address == "/admin/":  # sends a visitor to the log-in form, which needs no database yet
        response = visitor.post("/admin/login/", {"username": "a", "password": "b"})
    assert response.status_code in (503, 404) if "atom" in address else response.status_code == 503
    if response.status_code == 503:
        assert response["Retry-After"] == "30"
        assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/", "/admin/publications/activity/", "/admin/logout/", "/"])
def test_staff_with_a_session_get_503_while_the_database_is_away(visitor, database_away, address):
    person = make_person("petugas")
    assert visitor.login(username=person.username, password=PASSWORD)
    database_away()
    response = visitor.post(address) if "logout" in address else visitor.get(address)
    assert response.status_code == 503


@pytest.mark.django_db
def test_middleware_that_meets_a_dead_database_gets_503(visitor, monkeypatch):
    """Saving the session happens after the view, outside `process_exception`."""

    def refuse(*args, **kwargs):
        raise OperationalError("terminating connection")

    person = make_person("petugas")
    monkeypatch.setattr(SessionStore, "save", refuse)
    monkeypatch.setattr(SessionStore, "create", refuse)
    response = visitor.post("/admin/login/", {"username": person.username, "password": PASSWORD})
    assert response.status_code == 503


@pytest.mark.django_db
def test_expired_form_says_that_nothing_was_sent():
    visitor = Client(enforce_csrf_checks=True)
    response = visitor.post("/admin/login/", {"username": "a", "password": "rahasia-sekali"})
    assert response.status_code == 403
    assert "Formulir ini sudah kedaluwarsa" in response.content.decode()
    assert "rahasia-sekali" not in response.content.decode()


@pytest.mark.django_db
@override_settings(AXES_ENABLED=True)
def test_too_many_log_ins_get_the_lockout_page(visitor):
    for _attempt in range(6):
        response = visitor.post("/admin/login/", {"username": "petugas", "password": "salah"})
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert "Log masuk dikunci sementara" in response.content.decode()
