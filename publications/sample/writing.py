"""The words of a sample activity: title, text, place and date from templates; no person is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cilegon_kip.common.jakarta import local_day

from .schedule import Slot
from .tables import seeded, sentences, titles

LABEL = "Data contoh."
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
AFFAIRS = (
    "pelayanan publik", "pengelolaan sampah", "penanggulangan kemiskinan", "keterbukaan informasi",
    "ketahanan pangan", "penataan ruang", "perlindungan anak", "ketenagakerjaan",
)  # fmt: skip
HEALTH = ("gizi seimbang", "hipertensi", "diabetes", "tuberkulosis", "demam berdarah", "kesehatan jiwa")
CLINICS = ("anak", "mata", "penyakit dalam", "saraf", "gigi", "kandungan")


@dataclass(frozen=True)
class Area:
    """A unit's name and where it works: kelurahan and kecamatan by name."""

    slug: str
    category: str
    name: str
    short_name: str
    kelurahan: tuple[str, ...]
    kecamatan: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    title: str
    text: str
    place: str
    theme: str
    happened_on: date | None
    #: Whether postings on the website and on Facebook carry a picture.
    with_picture: bool


def words(area: Area, slot: Slot) -> Words:
    day = local_day(slot.moment)
    rng = seeded(area.slug, f"{day:%Y-%m}", slot.number)
    theme, pattern = rng.choice(titles(area.slug, area.category))
    names = _names(rng, area, day)
    title = pattern.format(**names)
    happened_on = day - timedelta(days=rng.choice((0, 0, 0, 1, 2))) if rng.random() < slot.care + 0.1 else None
    place = _place(rng, area, pattern, names)
    text = _text(rng, theme, area, place, long=rng.random() < slot.care)
    return Words(title, text, place, theme, happened_on, rng.random() < slot.care + 0.2)


def _names(rng: Random, area: Area, day: date) -> dict[str, str]:
    return {
        "unit": area.short_name,
        "kel": rng.choice(area.kelurahan),
        "kec": rng.choice(area.kecamatan),
        "rt": f"{rng.randint(1, 8):02}",
        "rw": f"{rng.randint(1, 9):02}",
        "bulan": f"{MONTHS[day.month - 1]} {day.year}",
        "minggu": str((day.day - 1) // 7 + 1),
        "triwulan": ("I", "II", "III", "IV")[(day.month - 1) // 3],
        "nomor": str(rng.randint(1, 12)),
        "urusan": rng.choice(AFFAIRS),
        "sehat": rng.choice(HEALTH),
        "poli": rng.choice(CLINICS),
    }


def _place(rng: Random, area: Area, pattern: str, names: dict[str, str]) -> str:
    if "{kel}" in pattern:
        return f"Kelurahan {names['kel']}"
    if "{kec}" in pattern:
        return f"Aula Kecamatan {names['kec']}"
    if area.category == "kelurahan":
        rw = f"Balai warga RW {names['rw']}, " if "{rw}" in pattern else rng.choice(("Aula ", "Kantor "))
        return f"{rw}Kelurahan {area.short_name}"
    return f"Kantor {area.name}"


def _text(rng: Random, theme: str, area: Area, place: str, *, long: bool) -> str:
    """One sentence or several; whether it reaches 200 characters is the care of the unit."""
    pool: Sequence[str] = sentences(theme)
    picked = rng.sample(pool, rng.randint(3, 5) if long else 1)
    detail = {"jam": f"{rng.randint(7, 14):02}.{rng.choice(('00', '30'))}", "orang": rng.randint(2, 18) * 10}
    opening = rng.choice(
        (f"{area.name} mengadakan kegiatan ini di {place}.", f"Bertempat di {place}.", f"Tempat: {place}.")
    )
    if long:
        opening = f"{area.name} mengadakan kegiatan ini di {place}."
    body = [sentence.format(**detail, lama=rng.randint(2, 4)) for sentence in picked]
    return " ".join([opening, *body, LABEL])
