"""The flags of a publication in words, for those who judge it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

WORDS = {
    "account_not_shown": _("Alamatnya tidak menunjukkan akun siapa."),
    "advertorial": _("Tampaknya advertorial (liputan berbayar)."),
    "api_only": _("Hanya diketahui dari YouTube Data API, yang menurut ketentuannya tidak dipakai menilai."),
    "backfill": _("Diimpor dari arsip, bukan dipanen saat terbit."),
    "burst": _("Lebih dari sepuluh kiriman unit ini dalam satu jam."),
    "channel_unverified": _("Kanalnya belum diverifikasi."),
    "completed": _("Dilengkapi oleh pemeriksa."),
    "date_doubtful": _("Tanggal pada sumbernya diragukan."),
    "future": _("Waktu terbit yang disebut belum tiba."),
    "gone": _("Sudah dihapus di kanalnya."),
    "late": _("Pertama terlihat lebih dari 48 jam setelah waktu terbit yang disebut."),
    "mentioned": _("Unit ini hanya disebut di dalam liputan."),
    "month_end": _("Lebih dari separuh kiriman bulan itu terbit pada dua hari terakhirnya."),
    "no_channel": _("Kanalnya belum terdaftar."),
    "no_claimed_date": _("Waktu terbit tidak disebut; dipakai waktu tautan diterima."),
    "no_date": _("Tanggal terbit tidak diketahui."),
    "no_title": _("Judul belum diketahui."),
    "other_site": _("Tautannya menuju situs lain, atau halamannya menyebut situs lain sebagai sumber aslinya."),
    "out_of_order": _("Nomor tulisannya lebih baru daripada tanggalnya; tanggalnya mungkin dimundurkan."),
    "owner_unknown": _("Alamatnya tidak menunjukkan pemilik akun; cocokkan dengan kanal unit."),
    "rebuttal": _("Diajukan dalam sanggahan unit; diputuskan di meja sanggahan."),
    "share": _("Teks yang sama lebih dulu terbit di unit lain (siaran pers)."),
    "similar_activity": _("Mirip dengan kegiatan lain dari unit ini; mungkin kegiatan yang sama."),
    "thin": _("Teksnya pendek dan tanpa foto atau video."),
    "split": _("Dipisahkan dari kegiatan yang mirip."),
    "unit_unclear": _("Belum jelas unit mana."),
}


def in_words(flags: Iterable[str]) -> list[str]:
    """One sentence a flag; a flag without words is shown as it is, never hidden."""
    return [str(WORDS.get(flag, flag)) for flag in flags]
