"""What the service pages say until Diskominfo writes its own: only what the law says, and what is not known yet.

No fee, hour, telephone number or pledge of the city stands here: those are the city's to say.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from .deadlines import Periods
from .models import ServicePage


def first_text(page: str, periods: Periods) -> str:
    """The text of a page that has no revision, with the day counts in force."""
    return _TEXTS[ServicePage(page)](periods)


def _pledge(periods: Periods) -> str:
    return _(
        "Maklumat pelayanan adalah janji tertulis penyelenggara kepada warga. Pemerintah Kota belum menetapkannya di"
        " portal ini. Yang sudah berlaku menurut UU 14/2008:\n\n"
        "- Informasi publik dapat diperoleh dengan cepat, tepat waktu, biaya ringan, dan cara sederhana (Pasal 2).\n"
        "- Badan publik menyediakan informasi yang akurat, benar, dan tidak menyesatkan (Pasal 7).\n"
        "- Permohonan diberi nomor pendaftaran pada saat diterima (Pasal 22).\n"
        "- Pemberitahuan tertulis disampaikan paling lambat %(notice)d hari kerja, dan dapat diperpanjang paling lambat"
        " %(extension)d hari kerja dengan alasan tertulis (Pasal 22)."
    ) % vars(periods)


def _procedure(periods: Periods) -> str:
    return _(
        "## Memohon\n\n"
        "- Ajukan secara tertulis atau tidak tertulis: lewat formulir di portal ini, surat, surel, atau datang ke meja"
        " layanan (Pasal 22 ayat 1).\n"
        "- Sebutkan nama, alamat, pokok dan bentuk informasi, serta cara penyampaian yang diinginkan (Pasal 22).\n"
        "- Nomor pendaftaran diberikan pada saat permohonan diterima (Pasal 22 ayat 4).\n\n"
        "## Dijawab\n\n"
        "- Pemberitahuan tertulis paling lambat %(notice)d hari kerja sejak permohonan diterima (Pasal 22 ayat 7).\n"
        "- Dapat diperpanjang satu kali paling lambat %(extension)d hari kerja dengan alasan tertulis (Pasal 22 ayat"
        " 8).\n"
        "- Penolakan menyebut dasar pengecualiannya (Pasal 17) dan didahului uji konsekuensi (Pasal 19).\n\n"
        "## Tidak puas\n\n"
        "- Keberatan kepada Atasan PPID paling lambat %(objection)d hari kerja setelah ditemukannya alasan (Pasal 35"
        " dan 36).\n"
        "- Atasan PPID menanggapi paling lambat %(objection_answer)d hari kerja (Pasal 36 ayat 2).\n"
        "- Sengketa diajukan ke Komisi Informasi paling lambat %(dispute)d hari kerja setelah tanggapan itu diterima"
        " (Pasal 37 ayat 2)."
    ) % vars(periods)


def _costs(periods: Periods) -> str:
    return _(
        "Mengajukan permohonan dan keberatan lewat portal ini, serta membaca dan mengunduh apa yang sudah diumumkan di"
        " sini, tidak dipungut biaya.\n\n"
        "- Informasi diperoleh dengan biaya ringan (Pasal 21 UU 14/2008).\n"
        "- Bila salinan dikenai biaya, biaya dan cara pembayarannya disebut dalam pemberitahuan tertulis (Pasal 22 ayat"
        " 7 huruf g).\n"
        "- Biaya yang tidak wajar adalah alasan untuk mengajukan keberatan (Pasal 35 ayat 1 huruf f).\n\n"
        "Besar biaya salinan tercetak belum diisi oleh Diskominfo di halaman ini."
    )


def _hours(periods: Periods) -> str:
    return _(
        "Hari, jam, dan alamat meja layanan informasi belum diisi oleh Diskominfo di halaman ini.\n\n"
        "Formulir permohonan dan pelacakan di portal ini dapat dipakai kapan saja. Batas waktu jawaban dihitung dalam"
        " hari kerja: Senin sampai Jumat, tanpa hari libur nasional dan cuti bersama."
    )


def _rights(periods: Periods) -> str:
    return _(
        "## Hak Anda (Pasal 4 UU 14/2008)\n\n"
        "- Melihat dan mengetahui informasi publik.\n"
        "- Menghadiri pertemuan publik yang terbuka untuk umum untuk memperoleh informasi publik.\n"
        "- Mendapatkan salinan informasi publik melalui permohonan.\n"
        "- Menyebarluaskan informasi publik sesuai dengan peraturan perundang-undangan.\n"
        "- Mengajukan gugatan ke pengadilan bila mendapat hambatan atau kegagalan dalam memperoleh informasi publik.\n"
        "\n"
        "## Kewajiban Anda (Pasal 5)\n\n"
        "- Menggunakan informasi publik sesuai dengan peraturan perundang-undangan.\n"
        "- Mencantumkan sumber dari mana informasi publik diperoleh, baik untuk kepentingan sendiri maupun untuk"
        " publikasi.\n\n"
        "## Yang dapat dikecualikan (Pasal 17)\n\n"
        "Hanya informasi yang menurut uji konsekuensi menimbulkan akibat yang disebut Pasal 17; bagian lain dari"
        " dokumen yang sama tetap diberikan. Anda berhak mengajukan keberatan atas setiap penolakan."
    )


_TEXTS = {
    ServicePage.PLEDGE: _pledge,
    ServicePage.PROCEDURE: _procedure,
    ServicePage.COSTS: _costs,
    ServicePage.HOURS: _hours,
    ServicePage.RIGHTS: _rights,
}
