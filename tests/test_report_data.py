"""The yearly reports stand on the page of data and in the catalogue, and their files are there."""

import json
import uuid
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from cilegon_kip.common.jakarta import JAKARTA
from requests_info.services import Objector, submit_periodic_objection

from .builders import make_unit

pytestmark = pytest.mark.django_db


def objection(unit, moment) -> None:
    objector = Objector("Nama", "Jalan 1")
    submit_periodic_objection(objector=objector, unit=unit, text="x", form_token=uuid.uuid4(), now=moment)


def test_ended_and_running_years_are_offered_with_their_files():
    unit, this_year = make_unit("diskominfo"), timezone.now().astimezone(JAKARTA).year
    objection(unit, datetime(2023, 5, 2, 9, tzinfo=JAKARTA))
    objection(unit, timezone.now())
    client = Client()
    page = client.get("/data/").content.decode()
    catalogue = json.dumps(json.loads(client.get("/data/katalog.jsonld").content))
    for year in (2023, this_year):
        for kind in ("pdf", "xlsx"):
            assert f'href="/permohonan/statistik/{year}.{kind}"' in page
            assert f"/permohonan/statistik/{year}.{kind}" in catalogue
            assert client.get(f"/permohonan/statistik/{year}.{kind}").status_code == 200
    row = page.split(f'id="layanan-{this_year}"')[1].split("</tr>")[0]
    assert "Sementara" in row
    assert "Sementara" not in page.split('id="layanan-2023"')[1].split("</tr>")[0]
