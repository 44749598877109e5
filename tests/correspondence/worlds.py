"""Letters and mails for the tests, with fixed dates."""

from datetime import date
from itertools import count

from correspondence.models import Letter, Mail
from correspondence.services import issue_letter
from opd.models import Unit, User
from tests.builders import make_unit
from tests.people import make_ppid_utama

ON = date(2023, 2, 15)
_keys = count(1)


def issue(actor: User | None = None, unit: Unit | None = None, **fields) -> Letter:
    unit = unit or Unit.objects.filter(slug="kelurahan-uji").first() or make_unit("kelurahan-uji", "kelurahan")
    actor = actor or User.objects.filter(username="ppid-utama").first() or make_ppid_utama(make_unit("diskominfo"))
    data = fields.pop("data", {"paragraphs": ["Pada Januari 2023 belum ada kegiatan.", ["satu", "dua"]]})
    fields = {
        "kind": "reminder",
        "subject": "Pengingat Januari 2023",
        "template": "letters/plain.typ",
        "on": ON,
        **fields,
    }
    return issue_letter(unit=unit, actor=actor, data=data, **fields)


def make_mail(**fields) -> Mail:
    number = next(_keys)
    fields = {"key": f"uji-{number}", "to": "unit@contoh.invalid", "subject": "Uji", "text": "Isi surel\n", **fields}
    return Mail.objects.create(**fields)
