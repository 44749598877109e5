"""The rules to begin with (docs/decisions, rewards and warnings). Diskominfo edits them; a change is a new rule."""

from datetime import date
from importlib import import_module

from django.db import migrations

SINCE = date(2023, 1, 1)
ANSWER = (
    "Bila {unit} sebenarnya sudah mempublikasikan kegiatan pada masa itu, atau ada halangan yang perlu kami ketahui,"
    " Anda berhak menjawab surat ini secara tertulis kepada PPID Utama, disertai tautan atau bukti lain. Bila jawaban"
    " itu terbukti, peringkatnya direvisi dan surat ini ditarik."
)
LAW = (
    "Badan publik wajib mengumumkan informasi publik secara berkala (Pasal 9 Undang-Undang Nomor 14 Tahun 2008 tentang"
    " Keterbukaan Informasi Publik)."
)
THANKS = "Atas perhatian dan kerja sama Anda, kami ucapkan terima kasih."
SILENT = (
    "Menurut peringkat keaktifan yang telah final, portal tidak mencatat kegiatan {unit} selama {jumlah_bulan} bulan"
    " tanpa diselingi bulan yang aktif, yaitu {daftar_bulan}. Bulan ketika kanal unit tidak dapat dibaca oleh portal"
    " tidak ikut dihitung."
)


def warning(order: str) -> str:
    return "\n\n".join(
        [
            SILENT,
            "{surat_sebelumnya}",
            f"{LAW} Karena itu kami menyampaikan {order} kepada {{unit}}, dan meminta agar kegiatan unit Anda"
            " dipublikasikan sekurang-kurangnya di portal atau situs web resmi, dan lebih baik pula di media sosial"
            " resmi, mulai bulan berjalan. Bulan dengan kegiatan mengakhiri rangkaian teguran ini.",
            ANSWER,
            THANKS,
        ]
    )


PIAGAM = """sebagai peringkat {peringkat} dari {jumlah_unit} unit kategori {kategori} dalam keaktifan mempublikasikan kegiatan kepada warga pada bulan {bulan}, dengan Indeks Keaktifan {indeks}."""
APPRECIATION = f"""Menurut peringkat keaktifan bulan {{bulan}} yang telah final, {{unit}} meraih Indeks Keaktifan {{indeks}} (peringkat {{peringkat}} dari {{jumlah_unit}} unit kategori {{kategori}}), dengan {{kegiatan}} kegiatan yang dihitung pada {{hari_aktif}} hari aktif.

Kami menyampaikan apresiasi atas upaya {{unit}} membuka informasi kepada warga secara teratur, dan berharap hal itu dipertahankan serta menjadi contoh bagi unit lain.

Perhitungannya dapat dibaca dan diperiksa siapa pun di halaman peringkat bulan {{bulan}} pada portal ini.

{THANKS}"""
REMINDER = f"""Menurut peringkat keaktifan bulan {{bulan}} yang telah final, portal tidak mencatat kegiatan {{unit}} yang dipublikasikan pada bulan itu.

{LAW} Melalui surat ini kami mengingatkan agar kegiatan unit Anda dipublikasikan sekurang-kurangnya di portal atau situs web resmi, dan lebih baik pula di media sosial resmi.

{ANSWER}

{THANKS}"""
GUIDANCE = f"""Sampai akhir bulan {{bulan}}, daftar kanal resmi pada portal belum memuat akun media sosial {{unit}} yang terverifikasi.

{{surat_sebelumnya}}

Warga mencari informasi di tempat yang mereka buka sehari-hari. Karena itu kami meminta {{unit}} paling lambat {{tenggat}}, yaitu dalam {{hari_tenggat}} hari kerja sejak tanggal surat ini:

- membuka sekurang-kurangnya satu akun media sosial resmi, bila belum ada; dan
- mendaftarkan alamat akun itu di portal (Ruang kerja, Kanal) agar diverifikasi.

PPID Utama siap mendampingi pembukaan dan pengelolaan akun itu. Bila {{unit}} sebenarnya sudah mempunyai akun, atau ada halangan yang perlu kami ketahui, Anda berhak menjawab surat ini secara tertulis kepada PPID Utama.

{THANKS}"""

#: slug, name, kind, condition, threshold, kind of letter, as a certificate, due in working days, words.
RULES = [
    ("piagam", "Piagam tiga besar", "reward", "top_places", 3, "certificate", True, None, PIAGAM),
    ("apresiasi", "Apresiasi keaktifan", "reward", "score_at_least", 80, "appreciation", False, None, APPRECIATION),
    ("pengingat", "Pengingat", "warning", "silent_months", 1, "reminder", False, None, REMINDER),
    ("teguran-1", "Teguran Tertulis 1", "warning", "silent_months", 2, "warning-1", False, None,
     warning("Teguran Tertulis 1")),
    ("teguran-2", "Teguran Tertulis 2", "warning", "silent_months", 3, "warning-2", False, None,
     warning("Teguran Tertulis 2")),
    ("teguran-3", "Teguran Tertulis 3", "warning", "silent_months", 4, "warning-3", False, None,
     warning("Teguran Tertulis 3")),
    ("pembinaan", "Pembinaan media sosial", "guidance", "no_social_media", 3, "guidance", False, 20, GUIDANCE),
]


def add(apps, schema_editor):
    RewardRule = apps.get_model("rankings", "RewardRule")
    LetterKind = apps.get_model("correspondence", "LetterKind")
    # Only this room may have been undone and done again, after its tables were emptied.
    import_module("correspondence.migrations.0002_kinds_of_the_ranking").add(apps, schema_editor)
    for slug, name, kind, condition, threshold, letter_kind, is_certificate, due, wording in RULES:
        values = {
            "name": name,
            "kind": kind,
            "condition": condition,
            "threshold": threshold,
            "letter_kind": LetterKind.objects.get(slug=letter_kind),
            "is_certificate": is_certificate,
            "due_working_days": due,
            "wording": wording,
            "effective_from": SINCE,
        }
        RewardRule.objects.get_or_create(slug=slug, defaults=values)


class Migration(migrations.Migration):
    dependencies = [
        ("rankings", "0009_rewards_and_warnings"),
        ("correspondence", "0002_kinds_of_the_ranking"),
    ]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
