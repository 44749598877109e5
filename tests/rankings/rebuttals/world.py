"""A drafted January 2023 with a unit that has an Instagram channel and a website, and the people around it."""

from dataclasses import dataclass
from datetime import date, datetime

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Channel, Role, Unit, User
from rankings.models import Ranking, Rebuttal
from rankings.rebuttals.making import ClaimedLink, make_rebuttal
from rankings.services import compute_month
from tests.builders import make_channel, make_counted, make_unit
from tests.people import make_operator, make_person, make_ppid_utama

JANUARY = date(2023, 1, 1)
#: Drafted on Wednesday 1 February: five working days later is Wednesday the 8th.
DRAFTED = datetime(2023, 2, 1, 0, 30, tzinfo=JAKARTA)
WITHIN = datetime(2023, 2, 8, 23, 59, 59, tzinfo=JAKARTA)
AFTER = datetime(2023, 2, 9, tzinfo=JAKARTA)
REASON = "Dua kegiatan kami tidak dihitung."


@dataclass
class World:
    unit: Unit
    other: Unit
    instagram: Channel
    website: Channel
    operator: User
    pelaksana: User
    other_operator: User
    ppid_utama: User
    ranking: Ranking

    def object(self, *urls: str, day: date = date(2023, 1, 20), **values) -> Rebuttal:
        """An objection of the operator, with a link unless something else is given."""
        urls = urls or (() if {"left_out", "gaps", "links"} & set(values) else ("https://dinas-uji.example/berita/1",))
        links = [ClaimedLink(url, day, f"Kegiatan di {url[-9:]}") for url in urls]
        asked = {"month": JANUARY, "unit": self.unit, "actor": self.operator, "reason": REASON, "now": WITHIN}
        return make_rebuttal(**{**asked, "links": links, **values})


def make_world() -> World:
    diskominfo, unit, other = make_unit("diskominfo"), make_unit("dinas-uji"), make_unit("dinas-lain")
    website = {"url": "https://dinas-uji.example", "handle": "", "key": "dinas-uji.example"}
    instagram = {"url": "https://www.instagram.com/dinas.uji", "handle": "dinas.uji", "key": "dinas.uji"}
    make_channel(other, "website", url="https://dinas-lain.example", handle="", key="dinas-lain.example")
    channels = make_channel(unit, "instagram", **instagram), make_channel(unit, "website", **website)
    make_counted(unit, date(2023, 1, 10))
    make_counted(other, date(2023, 1, 10))
    make_counted(other, date(2023, 1, 11))
    return World(
        unit,
        other,
        *channels,
        make_operator(unit),
        make_person("pelaksana", unit, Role.PPID_PELAKSANA),
        make_operator(other),
        make_ppid_utama(diskominfo),
        compute_month(JANUARY, DRAFTED),
    )
