"""The receipt of a request as PDF: what was registered when, until when it is answered, and what its requester may."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common import typeset
from cilegon_kip.common.jakarta import JAKARTA, local_day
from correspondence.letterhead import sender

from .counting import count_of_request
from .models import Extension, InformationRequest
from .periods import periods


def receipt_pdf(request: InformationRequest, today: date) -> bytes:
    """By the limits as they are now. It is no letter: nobody signs it, and it has the request's own number."""
    return typeset.pdf("requests/receipt.typ", receipt_words(request, today))


def receipt_words(request: InformationRequest, today: date) -> dict[str, Any]:
    received_on = local_day(request.received_at)
    extension = Extension.objects.filter(information_request=request).first()
    return {
        "paper": {
            **sender(),
            "kind": _("Tanda Bukti Permohonan Informasi"),
            "number": request.number,
            "subject": _("tanda bukti pendaftaran"),
            "day": [received_on.year, received_on.month, received_on.day],
            "is_sample": request.is_sample,
        },
        "headline": [
            [_("Nomor pendaftaran"), request.number],
            [_("Batas jawaban tertulis"), date_format(request.due_on, "j F Y")],
        ],
        "facts": _facts(request),
        "counting": _counting(request, extension),
        "rights": {"title": _("Hak Anda"), "points": _rights(extension is not None)},
        "follow": _follow(request),
        "printed": _("keadaan %(day)s") % {"day": date_format(today, "j F Y")},
    }


def _facts(request: InformationRequest) -> list[list[str]]:
    moment = request.received_at.astimezone(JAKARTA)
    received = date_format(moment.date(), "l, j F Y")
    if request.is_moment_known:
        received += f" {_('pukul')} {moment:%H.%M} WIB"
    facts = [
        (_("Diterima"), received),
        (_("Cara masuk"), request.get_source_display()),
        (_("Pemohon"), request.name),
        (_("Ditujukan kepada"), request.unit.name if request.unit else _("Pemerintah %s") % settings.CITY_NAME),
        (_("Informasi yang diminta"), request.wanted),
        (_("Tujuan penggunaan"), request.purpose),
        (_("Cara memperoleh"), request.get_manner_display()),
        (_("Cara menerima"), request.get_delivery_display()),
        (_("Status"), request.get_status_display()),
    ]
    if request.status == InformationRequest.Status.INCOMPLETE and request.completion_due_on:
        facts.append((_("Batas melengkapi"), date_format(request.completion_due_on, "l, j F Y")))
    return [[str(name), str(value)] for name, value in facts]


def _counting(request: InformationRequest, extension: Extension | None) -> dict[str, Any]:
    count = count_of_request(request, extension)
    words, skipped, decrees = [], [], []
    for span in count.spans:
        days = ", ".join(date_format(day, "j F") for day in span.period.counted)
        words += [span.words, _("Dihitung: %(days)s.") % {"days": days}]
        skipped += [f"{date_format(row.day, 'l, j F Y')}: {row.why}" for row in span.period.skipped]
        decrees += span.period.decrees
    if extension is not None:
        words.append(_("Alasan perpanjangan: %(reason)s") % {"reason": extension.reason})
    if count.remark:
        words.append(count.remark)
    if decrees:
        words.append(_("Dasar hari libur: %(decrees)s.") % {"decrees": "; ".join(dict.fromkeys(decrees))})
    if skipped:
        words.append(_("Dilewati:"))
    return {"title": _("Cara menghitung batas waktu"), "paragraphs": words, "skipped": skipped}


def _rights(is_extended: bool) -> list[str]:
    lengths = periods()
    points = [
        _("Permohonan dan jawabannya gratis; salinan tercetak dapat dikenai biaya salin yang wajar."),
        _("Anda menerima jawaban tertulis paling lambat pada batas di atas, juga bila informasinya tidak ada."),
    ]
    if not is_extended:
        points.append(
            _("Batas itu dapat diperpanjang satu kali, %(days)d hari kerja, dengan alasan tertulis.")
            % {"days": lengths.extension}
        )
    return [
        *points,
        _("Bila kalender hari libur berubah, batasnya dihitung ulang dan Anda diberi tahu."),
        _(
            "Ditolak, tidak dijawab, atau tidak puas? Anda berhak mengajukan keberatan kepada Atasan PPID dalam"
            " %(days)d hari kerja (Pasal 35 dan 36)."
        )
        % {"days": lengths.objection},
        _(
            "Sesudah itu sengketa dapat diajukan kepada Komisi Informasi dalam %(days)d hari kerja sejak tanggapan"
            " Atasan PPID (Pasal 37)."
        )
        % {"days": lengths.dispute},
        _("Anda boleh mencabut permohonan kapan saja sebelum dijawab."),
    ]


def _follow(request: InformationRequest) -> dict[str, str]:
    address = f"{settings.SITE_URL}{request.get_absolute_url()}"
    tracking = f"{settings.SITE_URL}{reverse('requests_info:track')}"
    return {
        "title": _("Mengikuti permohonan"),
        "address": address,
        "qr": typeset.qr_svg(address),
        "alt": _("Kode QR ke alamat rahasia permohonan ini"),
        "words": _(
            "Pindai kode ini atau buka alamat berikut. Alamatnya rahasia: siapa pun yang memilikinya dapat"
            " membaca permohonan Anda."
        ),
        "other": _("Bila alamat ini hilang: %(address)s, dengan nomor pendaftaran dan kode lewat surel.")
        % {"address": tracking}
        if request.email
        else _("Permohonan ini tanpa alamat surel: bila tanda bukti ini hilang, tanyakan kepada meja layanan."),
    }
