"""Every kind of public page, with data in it."""

MONTH = "/peringkat/2023-01/"
PAGES = {
    "home": "/",
    "latest": "/peringkat/",
    "month": MONTH,
    "opd board": f"{MONTH}opd/",
    "bumd board": f"{MONTH}bumd/",
    "kecamatan board": "/peringkat/2026-08/kecamatan/",
    "kelurahan board": f"{MONTH}kelurahan/",
    "entry": f"{MONTH}kelurahan/pabean/",
    "unmeasured entry": "/peringkat/2026-08/kecamatan/kecamatan-pulomerak/",
    "silent entry": f"{MONTH}opd/dinsos/",
    "without social media": f"{MONTH}tanpa-media-sosial/",
    "method": "/peringkat/metode/",
    "rewards": "/penghargaan/",
    "units": "/unit/",
    "unit": "/unit/kelurahan-pabean/",
    "silent unit": "/unit/kelurahan-randakari/",
    "activities": "/kegiatan/",
    "no activities": "/kegiatan/?unit=kelurahan-pabean&bulan=2019-01",
    "search": "/cari/?q=posyandu",
    "search without hit": "/cari/?q=zzzxq",
    "letter check": "/surat/",
    "unknown letter": "/surat/?nomor=488/001/PPID/2026&kode=0000-0000-0000-0000",
    "documents": "/informasi/",
    "completeness": "/informasi/kelengkapan/",
    "no documents": "/informasi/?q=zzzxq",
    "request": "/permohonan/",
    "objection without request": "/keberatan/",
    "track": "/permohonan/lacak/",
    "about": "/tentang/",
    "preferences": "/preferensi/",
    "API docs": "/api/docs/",
    "data": "/data/",
    "framed table": "/sematan/kelurahan/",
    "framed unit": "/sematan/unit/kelurahan-pabean/",
    "not found": "/tidak-ada/",
}
#: Addresses that only the database knows; `conftest.PREPARE` finds them.
FOUND = ("activity", "activity with photo", "withdrawn activity", "objected entry", "running month")
NAMES = (*PAGES, *FOUND)
