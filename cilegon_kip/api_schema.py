"""Finishes the OpenAPI schema: what each record is, in Indonesian, and how errors look."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Schema = dict[str, Any]
RECORDS = {
    "Unit": gettext_lazy("Satu badan kota dengan kantornya dan kanal terverifikasinya. Tidak memuat data orang."),
    "UnitName": gettext_lazy("Nama unit; selebihnya ada di /api/v1/units/<slug>/."),
    "Channel": gettext_lazy("Kanal terverifikasi milik unit."),
    "Activity": gettext_lazy("Kegiatan unit yang terbit, dengan foto dan publikasi yang diterima."),
    "Photo": gettext_lazy("Foto kegiatan; alt adalah keterangannya dalam kata."),
    "PhotoSize": gettext_lazy("Satu berkas foto."),
    "Posting": gettext_lazy("Satu publikasi kegiatan di satu kanal."),
    "Publication": gettext_lazy("Satu publikasi yang diterima, atau satu liputan media (tidak dihitung)."),
    "Document": gettext_lazy("Satu informasi dalam DIP; dari yang dikecualikan hanya judul, dasar, dan waktunya."),
    "DocumentFile": gettext_lazy("Satu versi berkas dokumen."),
    "Ranking": gettext_lazy("Satu bulan: status, metode, hari kerja, dan waktu penghitungannya."),
    "Method": gettext_lazy("Metode yang dipakai; dengan rumusnya siapa pun dapat menghitung ulang indeks."),
    "Weights": gettext_lazy("Bobot keempat komponen."),
    "Band": gettext_lazy("Golongan nilai."),
    "DayOff": gettext_lazy("Hari libur atau cuti bersama."),
    "Entry": gettext_lazy("Tempat satu unit dalam satu bulan, tiap komponen, dan angka di baliknya."),
}
#: Fields and parameters that neither the model nor the serializer explains.
FIELDS = {
    "id": gettext_lazy("nomor tetap"),
    "slug": gettext_lazy("nama tetap dalam alamat"),
    "latitude": gettext_lazy("lintang"),
    "longitude": gettext_lazy("bujur"),
    "status": gettext_lazy("sementara, rancangan, atau final"),
    "day": gettext_lazy("tanggal"),
    "name": gettext_lazy("nama"),
    "size": gettext_lazy("ukuran"),
    "url": gettext_lazy("alamat"),
    "width": gettext_lazy("lebar dalam piksel"),
    "height": gettext_lazy("tinggi dalam piksel"),
    "volume": gettext_lazy("bobot volume"),
    "consistency": gettext_lazy("bobot konsistensi"),
    "reach": gettext_lazy("bobot jangkauan"),
    "completeness": gettext_lazy("bobot kelengkapan"),
    "has_social_media": gettext_lazy("punya media sosial terverifikasi yang masih dibuka (true) atau tidak (false)"),
    "is_sample": gettext_lazy("hanya data contoh (true) atau tanpa data contoh (false)"),
    "year": gettext_lazy("tahun informasi, contoh 2023"),
    "renew_by": gettext_lazy("tanggal paling lambat untuk memperbaruinya"),
    "is_overdue": gettext_lazy("lewat waktu pembaruannya (true) atau tidak (false)"),
    "month": gettext_lazy("bulan terbit menurut waktu Jakarta, contoh 2023-01"),
    "since": gettext_lazy("terbit sejak tanggal (2023-01-15) atau waktu (2023-01-15T08:00:00+07:00) ini"),
}
ERROR: Schema = {
    "type": "object",
    "required": ["status", "message", "errors"],
    "properties": {
        "status": {"type": "integer"},
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def describe_for_people(result: Schema, **kwargs: Any) -> Schema:
    """The serializers' own docstrings are for programmers; here stand the words that readers see."""
    components = result["components"]["schemas"]
    for name, component in components.items():
        if name in RECORDS:
            component["description"] = str(RECORDS[name])
        elif "enum" not in component:
            component.pop("description", None)
        for field, described in component.get("properties", {}).items():
            explain(field, described)
    components["Error"] = ERROR
    answer = {"schema": {"$ref": "#/components/schemas/Error"}}
    failure = {"description": _("Galat, dengan nama parameter yang salah."), "content": {"application/json": answer}}
    for item in result["paths"].values():
        for operation in item.values():
            operation["responses"]["default"] = failure
            for parameter in operation.get("parameters", []):
                explain(parameter["name"], parameter)
    return result


def explain(name: str, described: Schema) -> None:
    if name in FIELDS and not {"description", "title", "$ref"} & described.keys():
        described["description"] = str(FIELDS[name])
