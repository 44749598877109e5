"""What the closed lists of the harvest mean, for people who do not fetch feeds. Pure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from publications.harvest.items import ERRORS

#: Error → what happened, what to do about it.
ERROR_WORDS: dict[str, tuple[Any, Any]] = {
    "dns": (
        _("Nama situs tidak ditemukan di internet."),
        _("Periksa ejaan alamatnya, dan apakah masa sewa domainnya masih berlaku."),
    ),
    "connect": (
        _("Server situs tidak dapat dihubungi."),
        _("Buka situsnya dari luar jaringan kantor. Bila tidak terbuka juga, hubungi pengelola server."),
    ),
    "tls": (
        _("Sertifikat keamanan (https) situs tidak sah."),
        _("Minta pengelola server memperbarui sertifikatnya; pengunjung melihat peringatan yang sama."),
    ),
    "timeout": (
        _("Situs terlalu lambat menjawab."),
        _("Biasanya pulih sendiri. Bila berhari-hari, minta pengelola server memeriksa bebannya."),
    ),
    "too_large": (
        _("Umpan situs terlalu besar untuk dibaca."),
        _("Kurangi jumlah tulisan di umpan (di WordPress: Pengaturan, Membaca)."),
    ),
    "blocked_address": (
        _("Nama situs menunjuk ke alamat jaringan dalam, bukan ke internet."),
        _("Minta pengelola domain mengarahkan namanya ke alamat publik."),
    ),
    "redirect": (
        _("Situs mengalihkan ke tempat yang tidak dapat diikuti."),
        _("Buka alamatnya di peramban, lalu daftarkan alamat tempat Anda berakhir."),
    ),
    "http_4xx": (
        _("Alamat yang dibaca tidak ada lagi, atau menolak pembaca."),
        _("Bila situs atau akunnya pindah, daftarkan alamat barunya; lalu periksa kembali kanal ini."),
    ),
    "http_5xx": (
        _("Server situs sedang bermasalah."),
        _("Biasanya pulih sendiri. Bila berhari-hari, hubungi pengelola server."),
    ),
    "rate_limited": (
        _("Situs meminta agar tidak terlalu sering dikunjungi."),
        _("Tidak perlu berbuat apa-apa: portal menunggu selama yang diminta."),
    ),
    "bot_wall": (
        _("Situs memasang penghalang robot, sehingga portal tidak dapat membaca."),
        _("Minta pengelola situs mengizinkan “KIPCilegon” membaca umpannya. Sementara itu, kirim tautannya."),
    ),
    "not_a_feed": (
        _("Di alamat ini tidak ada umpan yang dapat dibaca."),
        _("Aktifkan umpan (RSS) di situsnya, atau kirim tautan tiap unggahan."),
    ),
    "parse": (
        _("Umpan situs rusak dan tidak dapat dibaca."),
        _("Minta pengelola situs memeriksa umpannya; pengaya yang salah sering menjadi sebab."),
    ),
    "auth": (
        _("Portal belum mempunyai izin (token) untuk membaca platform ini, atau izinnya habis."),
        _("Diskominfo memperbarui tokennya. Sementara itu, kirim tautan tiap unggahan."),
    ),
    "quota": (
        _("Jatah panggilan ke platform ini habis untuk sementara."),
        _("Tidak perlu berbuat apa-apa: portal melanjutkan setelah jatahnya terisi lagi."),
    ),
    "budget": (
        _("Anggaran panggilan ke platform ini habis untuk sementara."),
        _("Diskominfo menambah anggaran, atau kanal ini menunggu sampai periode berikutnya."),
    ),
}
#: After these the source itself says when it may be asked again.
WAIT_FOR_SOURCE = ("rate_limited", "quota", "budget")
PERSONAL = (
    _("Instagram tidak memberi isi akun ini: akunnya pribadi (bukan profesional), tertutup, atau berganti nama."),
    _(
        "Ubah menjadi akun profesional, gratis: di aplikasi Instagram buka Pengaturan, Jenis akun dan alat, Beralih ke"
        " akun profesional, lalu pilih kategori Organisasi pemerintah. Pengikut dan unggahan tetap ada."
    ),
)

if missing := set(ERRORS) - set(ERROR_WORDS):
    raise ValueError(f"no words for {missing}")


def is_personal_account(kind: str, error: str, status: int) -> bool:
    """Business Discovery answered that this is no professional account: an error of the API, not of HTTP."""
    return kind == "instagram" and error == "http_4xx" and status == 0


def error_words(kind: str, error: str, status: int) -> tuple[Any, Any]:
    """What happened and what to do; empty words where nothing went wrong."""
    if is_personal_account(kind, error, status):
        return PERSONAL
    return ERROR_WORDS.get(error, ("", ""))
