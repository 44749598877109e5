"""What a file is, found in its content and never in its name; and what is taken at all.

Taken: PDF, XLSX, DOCX, ODS, ODT, CSV, JPEG, PNG. Not taken: archives (nobody sees what is inside), the old binary
Office formats and files with macros (programs), HTML and SVG (scripts). Pictures are written anew without metadata.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError


@dataclass(frozen=True)
class Kind:
    """A format as stored, as sent, and as people call it."""

    name: str
    content_type: str
    label: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("pdf", "application/pdf", "PDF"),
        Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
        Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"),
        Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", "ODS"),
        Kind("odt", "application/vnd.oasis.opendocument.text", "ODT"),
        Kind("csv", "text/csv; charset=utf-8", "CSV"),
        Kind("jpg", "image/jpeg", "JPEG"),
        Kind("png", "image/png", "PNG"),
    )
}
KIND_NAMES = "PDF, XLSX, DOCX, ODS, ODT, CSV, JPEG, PNG"
ACCEPT = ",".join(f".{name}" for name in KINDS) + ",.jpeg"
#: The parts that say what an archive is are small; a bigger one is a trap.
MAX_MANIFEST = 1024 * 1024
MAX_PARTS = 20_000
#: Unpacked, an Office file is some 10 to 50 times as large; far above stands only what is made to fill a computer.
MOST_UNPACKED = 200
UNPACKED_ALLOWED = 20 * 1024 * 1024
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OOXML_MAIN = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
}
OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.text": "odt",
}


@dataclass(frozen=True)
class Checked:
    """A file as it will be kept."""

    kind: str
    content: bytes


def check_upload(upload: UploadedFile[Any], most: int | None = None) -> Checked:
    """The content and its format; ValidationError that says what is wrong and what to do.

    `most` bytes, by default what the setting allows a document of the list.
    """
    limit = settings.DOCUMENT_MAX_BYTES if most is None else most
    if not upload.size:
        raise ValidationError(_("Berkas kosong (0 bita)."), code="empty")
    if upload.size > limit:
        raise ValidationError(
            _("Berkas %(actual)s, paling besar %(limit)s. Perkecil berkasnya, atau bagi menjadi beberapa dokumen.")
            % {"actual": filesizeformat(upload.size), "limit": filesizeformat(limit)},
            code="too_many_bytes",
        )
    upload.seek(0)
    return check_content(upload.read(limit + 1))


def check_content(content: bytes) -> Checked:
    if content.startswith(b"%PDF-"):
        return Checked("pdf", _whole_pdf(content))
    if content.startswith(b"PK\x03\x04"):
        return Checked(_kind_of_archive(content), content)
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _clean_picture(content)
    if content.startswith(OLD_OFFICE):
        raise ValidationError(
            _("Format Office lama (DOC, XLS, PPT) tidak diterima. Simpan sebagai PDF, DOCX, atau XLSX."),
            code="old_office",
        )
    return Checked("csv", _table_text(content))


def _whole_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-4096:]:
        raise ValidationError(_("PDF ini tidak lengkap. Simpan ulang lalu unggah lagi."), code="broken")
    return content


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if len(names) > MAX_PARTS:
                raise _not_taken()
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > max(UNPACKED_ALLOWED, MOST_UNPACKED * len(content)):
                raise ValidationError(
                    _("Berkas ini membengkak luar biasa bila dibuka, jadi tidak diterima. Simpan sebagai PDF."),
                    code="bomb",
                )
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise ValidationError(
                    _("Berkas ini memuat makro (program). Simpan tanpa makro, atau sebagai PDF, lalu unggah lagi."),
                    code="macros",
                )
            kind = _office_kind(archive, names)
    except ValidationError:
        raise
    except Exception as error:  # besides zipfile's own errors those of zlib and lzma, on what a stranger may send
        raise ValidationError(
            _("Berkas rusak atau tidak lengkap. Simpan ulang lalu unggah lagi."), code="broken"
        ) from error
    if not kind:
        raise _not_taken()
    return kind


def _office_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        manifest = _small_part(archive, "[Content_Types].xml")
        return next((kind for main, kind in OOXML_MAIN.items() if f'"{main}"' in manifest), "")
    return OPEN_DOCUMENT.get(_small_part(archive, "mimetype").strip(), "") if "mimetype" in names else ""


def _small_part(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as part:
        content = part.read(MAX_MANIFEST + 1)
    return content.decode("utf-8", "replace") if len(content) <= MAX_MANIFEST else ""


def _clean_picture(content: bytes) -> Checked:
    """Upright and in full size, without EXIF, GPS and comments."""
    try:
        picture = Image.open(BytesIO(content), formats=("JPEG", "PNG"))
        if picture.width * picture.height > settings.PHOTO_MAX_PIXELS:
            raise _too_many_pixels()
        picture.verify()
        picture = Image.open(BytesIO(content), formats=("JPEG", "PNG"))
        kind = "jpg" if picture.format == "JPEG" else "png"
        return Checked(kind, _rewritten(picture, kind))
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise _not_taken() from error
    except Exception as error:  # Pillow's readers raise nearly anything on what a stranger may send
        raise ValidationError(
            _("Gambar rusak atau tidak lengkap. Simpan ulang lalu unggah lagi."), code="broken"
        ) from error


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("Gambar terlalu besar: paling banyak %(limit)d juta piksel.")
        % {"limit": settings.PHOTO_MAX_PIXELS // 1_000_000},
        code="too_many_pixels",
    )


def _rewritten(picture: Image.Image, kind: str) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    upright.load()
    out = BytesIO()
    modes = ("L", "RGB") if kind == "jpg" else ("1", "L", "LA", "RGB", "RGBA")
    plain = upright if upright.mode in modes else upright.convert(modes[-1])
    plain.info.clear()  # comments, EXIF, text chunks: Pillow would write them again
    if kind == "jpg":
        plain.save(out, "JPEG", quality=90, optimize=True)
    else:
        plain.save(out, "PNG", optimize=True)
    return out.getvalue()


def _table_text(content: bytes) -> bytes:
    """CSV is any table in text: UTF-8, several columns, no markup."""
    if b"\x00" in content:
        raise _not_taken()
    try:
        text = content.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError:
        raise ValidationError(
            _("Isi berkas ini bukan %(kinds)s. Bila ini CSV, simpan sebagai “CSV UTF-8” lalu unggah lagi.")
            % {"kinds": KIND_NAMES},
            code="not_utf8",
        ) from None
    first_line = text.partition("\n")[0]
    if text.startswith(("<", "{", "%!", "#!")) or not any(mark in first_line for mark in ",;\t"):
        raise _not_taken()
    return content


def _not_taken() -> ValidationError:
    return ValidationError(
        _("Isi berkas ini bukan %(kinds)s, apa pun nama berkasnya.") % {"kinds": KIND_NAMES}, code="not_taken"
    )
