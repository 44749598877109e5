"""A list's form that names no rows of ours is refused, in words."""

import pytest
from django.urls import reverse

from tests.builders import make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
LISTS = {"publications_activity": "withdraw_selected", "publications_document": "publish_selected"}


@pytest.mark.parametrize("ticked", ["x", "", "²", "1e400", "-1", "9" * 30, "[]", "\x00"])
@pytest.mark.parametrize("model", LISTS)
def test_rows_that_are_no_numbers_are_refused(client, model, ticked):
    client.force_login(make_operator(make_unit()), "opd.permissions.MembershipBackend")
    given = {"action": LISTS[model], "index": "0", "_selected_action": ["1", ticked]}
    answer = client.post(reverse(f"admin:{model}_changelist"), given)
    assert answer.status_code == 400


def test_a_row_that_does_not_exist_is_passed_over(client):
    client.force_login(make_ppid_utama(make_unit()), "opd.permissions.MembershipBackend")
    given = {"action": "send_again", "index": "0", "_selected_action": "999999"}
    answer = client.post(reverse("admin:correspondence_mail_changelist"), given)
    assert answer.status_code == 302
