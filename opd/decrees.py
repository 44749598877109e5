"""Which decree makes a day one off, for what the table of days (`CalendarDay`) does not name itself.

National holidays and cuti bersama of a year are decreed together by three ministers (SKB); the numbers are those of
Menteri Agama, Menteri Ketenagakerjaan and Menteri PANRB, in this order.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

JOINT = {
    2023: "1066/2022, 3/2022, 3/2022; 327/2023, 1/2023, 1/2023; 624/2023, 2/2023, 2/2023",
    2024: "855/2023, 3/2023, 4/2023",
    2025: "1017/2024, 2/2024, 2/2024; 933/2025, 1/2025, 3/2025",
}
#: Days of elections have a decree of the president each.
SINGLE = {date(2024, 2, 14): "Keppres 10/2024", date(2024, 11, 27): "Keppres 33/2024"}


def decree_of(day: date) -> str:
    """What decreed a day off of the national calendar; of a year whose numbers are not on record here, its title."""
    if day in SINGLE:
        return SINGLE[day]
    if numbers := JOINT.get(day.year):
        return _("SKB 3 Menteri %(numbers)s") % {"numbers": numbers}
    return _("SKB 3 Menteri tentang hari libur nasional dan cuti bersama %(year)d") % {"year": day.year}
