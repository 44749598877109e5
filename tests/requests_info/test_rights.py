"""Who gets what of requests and objections, address by address. An address that is missing from the table fails.

To add one: a row in `TABLE` (`public`, `secret` or `desk`). An address with other parts than a secret, the `pk` of a
case or objection, or a year, also gets a line in `PARTS`; what it shows needs a row of the case made in `World`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from opd.models import Role
from publications.documents.media import Checked
from requests_info import services
from requests_info.models import InformationRequest, Objection, ObjectionEvent, RequestEvent
from requests_info.services import Asked, ObjectionVerdict, Objector
from requests_info.services.deciding import Verdict
from tests.builders import make_unit
from tests.people import make_operator, make_person, make_ppid_utama, make_superuser

pytestmark = pytest.mark.django_db
#: Columns of the table. Without account: whoever knows no secret, the requester of the case, the requester of another
#: one. With account: of the unit that was asked, of another one, the superior of the asked unit, the city's two.
PERSONS = ("visitor", "requester", "other_requester", "operator", "other_operator", "atasan", "ppid_utama", "superuser")
LOGIN = 302  # without account every address of the workspace leads to the log-in
#: Words of the case, and who may read them somewhere.
SECRETS = {
    "RAHASIA-PEMOHON": {"requester", "ppid_utama", "superuser"},
    "RAHASIA-ISI": {"requester", "operator", "atasan", "ppid_utama", "superuser"},
}


@dataclass(frozen=True)
class Row:
    """Expected status of GET and of an empty POST, person by person in the order of PERSONS."""

    get: tuple[int, ...]
    post: tuple[int, ...]


def public(get: int = 200, post: int = 405) -> Row:
    """The same for everybody."""
    return Row((get,) * 8, (post,) * 8)


def secret(own: int = 200, other: int = 200, *, post: int = 405, other_post: int | None = None) -> Row:
    """Behind the secret of a case; accounts open nothing. `other`: the same address with the secret of another case.

    `post` 405 is for everybody, for the method is refused before the secret is looked up.
    """
    if post == 405:
        return Row((404, own, other, *(404,) * 5), (405,) * 8)
    return Row((404, own, other, *(404,) * 5), (404, post, other_post or post, *(404,) * 5))


def desk(*get: int, post: tuple[int, ...] | None = None) -> Row:
    """Inside the workspace: operator, other operator, Atasan, PPID Utama, superuser."""
    return Row((LOGIN,) * 3 + get, (LOGIN,) * 3 + (post or get))


DISKOMINFO = (404, 404, 404, 200, 200)
DISKOMINFO_READS = (404, 404, 404, 405, 405)
STAFF = (200, 200, 404, 200, 200)
STAFF_READS = (405, 405, 404, 405, 405)
DECIDERS = (404, 404, 200, 200, 200)
TABLE = {
    "requests_info:ask": public(post=200),
    "requests_info:track": public(post=200),
    "requests_info:calculator": public(),
    "requests_info:register": public(),
    "requests_info:statistics": public(),
    "requests_info:statistics_of_year": public(),
    "requests_info:detail": secret(post=400),
    "requests_info:file": secret(other=404),
    "requests_info:report": public(),
    "requests_info:services": public(),
    "requests_info:service": public(),
    "requests_info:answers": public(),
    "requests_info:answers_feed": public(),
    "requests_info:answer": public(),
    "requests_info:letter": secret(other=404),
    "requests_info:receipt": secret(),
    "requests_info:dates": secret(),
    "requests_info:object": secret(post=200),
    "requests_info:object_periodic": public(post=200),
    "requests_info:objection": secret(post=200),
    "requests_info:objection_letter": secret(other=404),
    "requests_info:objection_bundle": secret(),
    "requests_info:objection_dates": secret(),
    "requests_desk:queue": desk(*STAFF, post=STAFF_READS),
    "requests_desk:enter": desk(*DISKOMINFO),
    "requests_desk:case": desk(200, 404, 404, 200, 200),
    "requests_desk:services": desk(*DISKOMINFO, post=DISKOMINFO_READS),
    "requests_desk:service": desk(*DISKOMINFO),
    "requests_desk:answers": desk(*DISKOMINFO, post=DISKOMINFO_READS),
    "requests_desk:answer": desk(*DISKOMINFO),
    "requests_desk:write_answer": desk(*DISKOMINFO),
    "requests_desk:register": desk(*DISKOMINFO),
    "requests_desk:report": desk(*DISKOMINFO, post=DISKOMINFO_READS),
    "requests_desk:handover": desk(*DISKOMINFO),
    "requests_desk:messages": desk(*DISKOMINFO),
    # The unit that was asked has the file because the desk handed it on.
    "requests_desk:file": desk(200, 404, 404, 200, 200, post=STAFF_READS),
    "requests_desk:person": desk(*DISKOMINFO),
    "requests_desk:objection_person": desk(404, 404, 404, 404, 404),  # this objection is about a request
    "requests_desk:seen": desk(*DISKOMINFO),
    "requests_desk:objections": desk(*DECIDERS, post=(404, 404, 405, 405, 405)),
    "requests_desk:enter_objection": desk(*DISKOMINFO),
    "requests_desk:objection": desk(*DECIDERS),
    "requests_desk:objection_bundle": desk(*DISKOMINFO, post=DISKOMINFO_READS),
}


class World:
    """A case with parts, decision, objection and their letters, and a second case where nothing has happened yet."""

    def __init__(self) -> None:
        diskominfo, asked_unit, other_unit = make_unit("diskominfo"), make_unit("dinkes"), make_unit("pabean")
        self.desk = make_ppid_utama(diskominfo)
        self.people = {
            "operator": make_operator(asked_unit),
            "other_operator": make_operator(other_unit),
            "atasan": make_person("atasan", asked_unit, Role.ATASAN_PPID),
            "ppid_utama": self.desk,
            "superuser": make_superuser(),
        }
        self.case, self.other_case = self._registered("RAHASIA"), self._registered("LAIN")
        (self.part,) = services.forward_request(
            request_id=self.case.pk, units=[asked_unit], due_on=self.case.due_on, actor=self.desk, subject="Pokok"
        )
        services.write_to_desk(
            request_id=self.case.pk,
            text="RAHASIA-ISI pesan",
            form_token=uuid.uuid4(),
            files=[Checked("csv", b"RAHASIA-ISI,berkas")],
        )
        self.file = self.case.files.get()
        services.forward_file(file_id=self.file.pk, assignment_id=self.part.pk, actor=self.desk)
        services.answer_part(assignment_id=self.part.pk, actor=self.people["operator"], answer="RAHASIA-ISI jawaban")
        verdict = Verdict("granted", "RAHASIA-ISI keputusan")
        services.decide_request(request_id=self.case.pk, actor=self.desk, verdict=verdict)
        self.answer = services.write_answer(
            request_id=self.case.pk, actor=self.desk, unit=asked_unit, question="Pokok", text="Untuk umum"
        )
        services.approve_answer(answer_id=self.answer.pk, revision=1, actor=self.people["superuser"])
        self.objection = services.submit_objection(
            request_id=self.case.pk, ground="d", text="RAHASIA-ISI keberatan", form_token=uuid.uuid4()
        )
        upheld = ObjectionVerdict("upheld", "RAHASIA-ISI putusan", "Nama Atasan", "Sekretaris Daerah")
        services.decide_objection(objection_id=self.objection.pk, actor=self.desk, verdict=upheld)
        self.other_objection = services.submit_periodic_objection(
            objector=Objector("LAIN-PEMOHON", "Jalan"), unit=other_unit, text="LAIN-ISI", form_token=uuid.uuid4()
        )

    @staticmethod
    def _registered(mark: str) -> InformationRequest:
        asked = Asked(f"{mark}-ISI diminta", f"{mark}-ISI tujuan", "citizen", f"{mark}-PEMOHON", f"{mark}-PEMOHON 1")
        return services.submit_request(asked=asked, form_token=uuid.uuid4())

    def row(self, name: str, person: str) -> InformationRequest | Objection:
        """What an address is about: for the other requester their own case, for all others the case of the table."""
        is_other = person == "other_requester"
        if name.partition(":")[2].startswith("objection"):
            return self.other_objection if is_other else self.objection
        return self.other_case if is_other else self.case

    def token(self, name: str, person: str) -> str:
        return self.row(name, person).token if person in ("requester", "other_requester") else "b" * 32

    def client(self, person: str) -> Client:
        client = Client()
        if person in self.people:
            client.force_login(self.people[person], "opd.permissions.MembershipBackend")
        return client


#: What stands in the place of a part of an address: for all addresses, or for one by its name.
PARTS: dict[str, Callable[[World, str, str], Any]] = {
    "token": World.token,
    "pk": lambda world, name, person: world.row(name, "requester").pk,
    "year": lambda world, name, person: world.case.year,
    "key": lambda world, name, person: world.file.key,
    "requests_info:file:key": lambda world, name, person: world.file.key.hex,
    "kind": lambda world, name, person: "xlsx",
    "page": lambda world, name, person: "biaya",
    "name": lambda world, name, person: "biaya",
    "requests_info:answer:pk": lambda world, name, person: world.answer.pk,
    "requests_info:answer:slug": lambda world, name, person: world.answer.slug,
    "requests_desk:answer:pk": lambda world, name, person: world.answer.pk,
}


@pytest.fixture
def world() -> World:
    return World()


def addresses() -> dict[str, list[str]]:
    """The names of all addresses of requests_info, and the parts that each of them takes."""
    found = {}
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "app_name", None) in ("requests_info", "requests_desk"):
            for entry in resolver.url_patterns:
                parts = [*entry.pattern.converters, *entry.pattern.regex.groupindex]
                found[f"{resolver.app_name}:{entry.name}"] = list(dict.fromkeys(parts))
    return found


def test_every_address_stands_in_the_table_and_nothing_else_does():
    assert sorted(addresses()) == sorted(TABLE), "give a new address a row in TABLE"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", PERSONS)
def test_each_address_answers_each_person_as_the_table_says(world, person, method):
    client, wrong = world.client(person), []
    before = steps_taken()
    for name, parts in addresses().items():
        expected = getattr(TABLE[name], method)[PERSONS.index(person)]
        kwargs = {part: PARTS.get(f"{name}:{part}", PARTS.get(part))(world, name, person) for part in parts}
        response = getattr(client, method)(reverse(name, kwargs=kwargs))
        if response.status_code != expected:
            wrong.append((name, expected, response.status_code))
        body = response.getvalue().decode(errors="replace")
        wrong += [(name, "tells", word) for word, readers in SECRETS.items() if word in body and person not in readers]
    assert not wrong
    assert steps_taken() == before, "an empty form is no step"


def steps_taken() -> tuple[int, int]:
    return RequestEvent.objects.count(), ObjectionEvent.objects.count()


def test_the_words_of_the_case_are_really_shown_to_those_who_may_read_them(world):
    """Else the table would prove nothing by their absence."""
    case = reverse("requests_desk:case", args=[world.case.pk])
    staff = {"operator": case, "ppid_utama": case}
    staff["atasan"] = reverse("requests_desk:objection", args=[world.objection.pk])
    for person, path in {**staff, "requester": world.case.get_absolute_url()}.items():
        assert "RAHASIA-ISI" in world.client(person).get(path).content.decode(), person
    for person, path in staff.items():
        body = world.client(person).post(path, {"act": "identity"}).content.decode()
        assert ("RAHASIA-PEMOHON" in body) == (person == "ppid_utama"), person
