"""Every mail about requests has a text and an HTML side that say the same, and goes out from the official address."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.core import mail
from django.template.loader import get_template

from correspondence.models import Mail
from correspondence.outbox import deliver_mail
from requests_info import services

from .worlds import GRANTED, letter_of, wib

FOLDER = settings.BASE_DIR / "templates" / "requests_info" / "emails"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def test_every_mail_has_both_sides():
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.{side}" for name in NAMES for side in ("txt", "html")}


@pytest.mark.parametrize("name", NAMES)
def test_both_sides_are_templates_and_extend_the_common_frame(name):
    for side in ("txt", "html"):
        get_template(f"requests_info/emails/{name}.{side}")
        assert f"correspondence/emails/base.{side}" in (FOLDER / f"{name}.{side}").read_text()


@pytest.mark.django_db
def test_mails_of_a_case_say_the_same_on_both_sides_and_come_from_the_official_address(city, settings):
    settings.DEFAULT_FROM_EMAIL, settings.REPLY_TO = "PPID <ppid@contoh.invalid>", ["ppid@contoh.invalid"]
    case, incomplete = letter_of(city), letter_of(city)
    services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Arsip lama", now=wib(2024, 3, 20, 9))
    services.declare_incomplete(request_id=incomplete.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 15, 9))
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 25, 9))
    queued = list(Mail.objects.order_by("pk"))
    assert len(queued) >= 5
    for row in queued:
        deliver_mail(row.pk)
    for sent in mail.outbox:
        assert (sent.from_email, sent.reply_to) == ("PPID <ppid@contoh.invalid>", ["ppid@contoh.invalid"])
        (html,) = [side.content for side in sent.alternatives]
        for number in re.findall(r"PI-\d{4}-\d{4}|\d+ \w+ 2024", sent.body):
            assert number in unescape(re.sub(r"<[^>]+>", " ", html)), (sent.subject, number)
        for link in re.findall(r"https?://\S+", sent.body):
            assert link.rstrip(".") in html, (sent.subject, link)
