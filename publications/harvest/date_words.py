"""The words and zones in dates as Indonesian and English sites write them. Pure data."""

from __future__ import annotations

MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan januari january", "feb februari february peb pebruari", "mar maret march mrt", "apr april",
            "mei may", "jun juni june", "jul juli july", "agt agu ags agus agust agustus aug august",
            "sep sept september", "okt oktober oct october", "nov november nop nopember", "des desember dec december",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
WEEKDAYS = (
    "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad", "sen", "sel", "rab", "kam", "jum", "sab",
    "min", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tues", "tue", "weds",
    "wed", "thurs", "thur", "thu", "fri", "sat", "sun",
)  # fmt: skip
#: The days of the Javanese market week, which some sites add ("Minggu Pahing").
MARKET_DAYS = ("pahing", "paing", "pon", "wage", "kliwon", "legi", "manis")
#: What stands before a date and says nothing more.
LABELS = ("tanggal", "tgl", "terbit", "diterbitkan", "dipublikasikan", "diposting", "diunggah", "ditulis", "dimuat",
          "posted", "published", "pada", "on")  # fmt: skip
#: Monday is 0, by the first three letters ("ahd" is Ahad).
DAY_NUMBERS = {
    word: number
    for number, words in enumerate(("sen mon", "sel tue", "rab wed", "kam thu", "jum fri", "sab sat", "min aha sun"))
    for word in words.split()
}
#: Said of a moment that moves with the reader: never a claim.
RELATIVE = (
    "kemarin", "lalu", "tadi", "barusan", "baru", "besok", "lusa", "sekarang", "hari", "detik", "menit", "jam", "pekan",
    "seminggu", "sejam", "semenit", "ago", "yesterday", "today", "tomorrow", "now", "last", "next", "hours", "hour",
    "minutes", "minute", "seconds", "second", "days", "weeks", "week", "in",
)  # fmt: skip
#: Hours east of Greenwich of the names that feeds use beside Indonesia's own; any other name says nothing.
FOREIGN_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "SGT": 8,
    "MYT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
