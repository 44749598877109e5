"""The log-in form under odd input."""

import pytest
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
