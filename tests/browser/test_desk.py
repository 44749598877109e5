"""The desk's screens with something in them: clean for axe, and no wider than the narrowest phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .test_method import log_in

#: A request that two units have, and an objection that was decided and is in dispute.
MADE = """
import uuid
from datetime import datetime, timedelta
from django.utils import timezone
from opd.models import Unit, User
from requests_info import services
from requests_info.services import Asked, DeskEntry, ObjectionVerdict, Registered
from requests_info.services.deciding import Verdict
now = timezone.now()
desk = User.objects.get(username="ppid-utama")
asked = Asked("Rencana kerja (data contoh)", "Penelitian", "citizen", "Pemohon Contoh", "Jalan Contoh 1")
units = list(Unit.objects.filter(slug__in=["dinkes", "kelurahan-pabean"]))
then = now - timedelta(days=40)
case = services.enter_request(asked=asked, source="letter", received_on=then, actor=desk, now=then)
services.forward_request(request_id=case.pk, units=units, due_on=then.date() + timedelta(days=3), actor=desk,
                         subject="Rencana kerja", now=then)
services.claim_request(request_id=case.pk, actor=desk)
entry = DeskEntry("letter", now - timedelta(days=10), desk)
objection = services.submit_objection(request_id=case.pk, ground="c", text="Tidak dijawab (data contoh).",
                                      form_token=uuid.uuid4(), entry=entry)
verdict = ObjectionVerdict("upheld", "Diberikan (data contoh).", "Nama Contoh", "Sekretaris Daerah")
services.decide_objection(objection_id=objection.pk, actor=desk, verdict=verdict)
services.register_dispute(objection_id=objection.pk, actor=desk,
                          registered=Registered("Contoh 1", timezone.localdate()))
print(case.pk, objection.pk, objection.get_absolute_url())
"""


@pytest.fixture(scope="module")
def made(site) -> dict[str, str]:
    case, objection, secret = site.run(MADE).split()
    desk = "/admin/permohonan/"
    return {
        "queue": desk,
        "case": f"{desk}{case}/",
        "objections": f"{desk}keberatan/?tampil=selesai",
        "entry": f"{desk}keberatan/catat/",
        "objection": f"{desk}keberatan/{objection}/",
        "page of whoever objected": secret,
    }


def test_the_screens_of_the_desk_are_clean_and_fit(page, site, made):
    page.set_viewport_size({"width": 320, "height": 800})
    log_in(page, site, "ppid-utama")
    for name, path in made.items():
        page.goto(site.at(path))
        found = Axe().run(page).response["violations"]
        assert not found, (name, [(fault["id"], fault["nodes"][0]["html"]) for fault in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
