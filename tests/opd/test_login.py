"""The log-in form under odd input."""

import pytest
from django.conf import settings
from django.test import override_settings

from tests.builders import make_unit
from tests.people import PASSWORD, make_operator

pytestmark = pytest.mark.django_db


@override_settings(AXES_ENABLED=True)
@pytest.mark.parametrize("name", ["x" * 10_000, "x" * 151, "a\x00b", "\u202e"])
def test_an_impossible_name_is_an_error_of_the_form(client, name):
    response = client.post("/admin/login/", {"username": name, "password": "salah"})
    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_way_out_of_the_site_leads_to_the_workspace(client, after):
    user = make_operator(make_unit("pabean"))
    response = client.post(
        f"/admin/login/?next={after}", {"username": user.username, "password": PASSWORD, "next": after}
    )
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def sign_in(client, user, password, forwarded, **meta):
    meta = {"HTTP_X_FORWARDED_FOR": forwarded, "REMOTE_ADDR": "127.0.0.1", **meta}
    return client.post("/admin/login/", {"username": user.username, "password": password}, **meta)


@override_settings(AXES_ENABLED=True, REST_FRAMEWORK={**settings.REST_FRAMEWORK, "NUM_PROXIES": 1})
@pytest.mark.parametrize(
    ("guesser", "owner", "owner_gets_in"),
    [
        ("203.0.113.7", "198.51.100.4", True),
        ("203.0.113.7", "203.0.113.7", False),
        ("198.51.100.4, 203.0.113.7", "198.51.100.4", True),  # what a client claims before the proxy is not believed
        ("2001:db8::1", "2001:db8::ffff", False),
        ("2001:db8::1", "2001:db8:0:1::1", True),
    ],
)
def test_behind_a_proxy_guessing_locks_the_guesser_and_nobody_else(client, guesser, owner, owner_gets_in):
    user = make_operator(make_unit("pabean"))
    answers = [sign_in(client, user, "salah", guesser).status_code for _ in range(6)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert sign_in(client, user, PASSWORD, owner).status_code == (302 if owner_gets_in else 429)


@override_settings(AXES_ENABLED=True, REST_FRAMEWORK={**settings.REST_FRAMEWORK, "NUM_PROXIES": 1})
def test_an_address_that_is_none_is_no_server_error(client):
    user = make_operator(make_unit("pabean"))
    assert sign_in(client, user, "salah", "unix:").status_code == 200
    assert sign_in(client, user, PASSWORD, "unix:").status_code == 302
