"""A city with its desk and two units, and the letter of 14 March 2024."""

from datetime import date, datetime

from django.test import Client

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import User
from requests_info import services
from requests_info.models import Assignment, InformationRequest
from requests_info.services import Asked
from requests_info.services.deciding import Verdict
from tests.builders import make_unit
from tests.people import make_operator, make_ppid_utama

GRANTED = Verdict("granted", "Salinan rencana kerja 2026 terlampir.")


def wib(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JAKARTA)


class City:
    def __init__(self) -> None:
        self.diskominfo, self.dinkes, self.pabean = make_unit("diskominfo"), make_unit("dinkes"), make_unit("pabean")
        self.desk = make_ppid_utama(self.diskominfo)
        self.operator, self.other = make_operator(self.dinkes), make_operator(self.pabean)


def asked(**fields) -> Asked:
    values = {
        "wanted": "Rencana kerja 2026", "purpose": "Penelitian", "requester_kind": "citizen", "name": "Nama Kanari",
        "address": "Jalan Kanari 1", "email": "kanari@contoh.id", **fields,
    }  # fmt: skip
    return Asked(**values)


def letter_of(city, moment=None, **fields) -> InformationRequest:
    moment = moment or wib(2024, 3, 14, 9)
    return services.enter_request(
        asked=asked(**fields), source="letter", received_on=moment, actor=city.desk, now=moment
    )


def forward(case, city, *units, now=None, **fields) -> list[Assignment]:
    values = {"due_on": date(2024, 3, 25), "subject": "Rencana kerja 2026", "now": now or wib(2024, 3, 15, 9), **fields}
    return services.forward_request(request_id=case.pk, units=units, actor=city.desk, **values)


def kinds(case) -> list[str]:
    return list(case.events.values_list("kind", flat=True))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, "opd.permissions.MembershipBackend")
    return client
