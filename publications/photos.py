"""Photos are data from strangers: checked by content, re-encoded in three WebP sizes, all metadata dropped."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.formats import localize
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from opd.permissions import may

from .models import Activity, Photo

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

    from opd.permissions import Person

logger = logging.getLogger(__name__)

#: Files written by the work under way in this thread; see `files_undone_on_failure`.
_written: ContextVar[list[FieldFile]] = ContextVar("written files")

#: What Pillow reads safely. No GIF, TIFF, EPS or SVG: they carry scripts, programs or frames without end.
FORMATS = ("JPEG", "PNG", "WEBP")
FORMAT_NAMES = "JPEG, PNG, atau WebP"
QUALITIES = (82, 72, 62, 52, 42, 32, 22, 12)
SHRINK = 0.85
WHITE = (255, 255, 255)

# A second wall behind the check of the declared size below: Pillow itself refuses to open what is twice as big.
Image.MAX_IMAGE_PIXELS = settings.PHOTO_MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False


@dataclass(frozen=True)
class Size:
    """A box that the photo must fit in, in pixels, and the bytes it may take."""

    name: str
    width: int
    height: int
    max_bytes: int


SIZES = (
    Size("small", 160, 120, 5_000),
    Size("medium", 640, 960, 45_000),
    Size("large", 1600, 1600, 150_000),
)


@dataclass(frozen=True)
class Variant:
    name: str
    content: bytes
    width: int
    height: int


# --- from upload to variants (pure) -----------------------------------------------------------------------


def make_variants(upload: UploadedFile[Any]) -> list[Variant]:
    """Small, medium and large WebP of the uploaded photo; ValidationError with limit and actual size otherwise."""
    picture = _read(upload)
    variants = []
    for size in reversed(SIZES):  # each from the one above: the big picture is touched once
        picture.thumbnail((size.width, size.height), Image.Resampling.LANCZOS)
        variants.append(_encode(picture, size))
    return variants[::-1]


def _read(upload: UploadedFile[Any]) -> Image.Image:
    """The first frame, upright, in sRGB on white, no bigger than the largest size."""
    if not upload.size:
        raise ValidationError(_("Berkas kosong (0 bita)."), code="empty")
    if upload.size > settings.PHOTO_MAX_BYTES:
        raise ValidationError(
            _("Berkas %(actual)s, paling besar %(limit)s. Perkecil fotonya lalu pilih lagi.")
            % {"actual": _megabytes(upload.size), "limit": _megabytes(settings.PHOTO_MAX_BYTES)},
            code="too_many_bytes",
        )
    content = upload.read(settings.PHOTO_MAX_BYTES + 1)
    try:
        return _decode(content)
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(int((re.findall(r"\d+", str(error)) or ["0"])[0])) from error
    except Exception as error:  # Pillow's readers raise nearly anything on what a stranger may send
        logger.info("photo refused: %s", type(error).__name__)
        raise ValidationError(
            _("Foto rusak atau tidak lengkap (%(actual)s diterima). Pilih ulang atau simpan ulang fotonya.")
            % {"actual": _megabytes(upload.size)},
            code="broken",
        ) from error


def _decode(content: bytes) -> Image.Image:
    _open(content).verify()
    picture = _open(content)
    largest = SIZES[-1]
    picture.draft("RGB", (largest.width, largest.height))  # JPEG: read at a half or a quarter of the pixels
    picture.load()
    picture = _upright(picture)
    profile = picture.info.get("icc_profile")
    picture = _shrunk(picture, largest)
    picture = _srgb(_flat(picture), profile)
    picture.info.clear()
    return picture


def _open(content: bytes) -> Image.Image:
    """The picture with only its head read, so that its size is known before a pixel is."""
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise ValidationError(
            _("Isi berkas ini bukan foto %(formats)s, apa pun nama berkasnya.") % {"formats": FORMAT_NAMES},
            code="not_a_photo",
        ) from error
    if picture.width * picture.height > settings.PHOTO_MAX_PIXELS:
        raise _too_many_pixels(picture.width * picture.height)
    return picture


def _too_many_pixels(pixels: int) -> ValidationError:
    return ValidationError(
        _("Foto memuat %(actual)s juta piksel, paling banyak %(limit)s juta. Perkecil fotonya lalu pilih lagi.")
        % {"actual": localize(round(pixels / 1e6)), "limit": localize(round(settings.PHOTO_MAX_PIXELS / 1e6))},
        code="too_many_pixels",
    )


def _megabytes(size: int) -> str:
    """As people say it; below a megabyte in kB."""
    return f"{localize(round(size / 1024 / 1024, 1))} MB" if size >= 1024 * 1024 else f"{-(-size // 1024)} kB"


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # EXIF that cannot be read turns nothing
        return picture


def _shrunk(picture: Image.Image, size: Size) -> Image.Image:
    if picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
        picture = picture.convert("RGBA" if _has_alpha(picture) else "RGB")
    picture.thumbnail((size.width, size.height), Image.Resampling.LANCZOS)
    return picture


def _has_alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _flat(picture: Image.Image) -> Image.Image:
    if not _has_alpha(picture):
        return picture
    picture = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, WHITE)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _srgb(picture: Image.Image, profile: Any) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):  # a broken profile: take the colours as they are
            converted = None
        if converted is not None:
            return converted
    return picture.convert("RGB")


def _encode(picture: Image.Image, size: Size) -> Variant:
    """WebP within the size's bytes: lower quality step by step, then fewer pixels."""
    picture = picture.copy()
    while True:
        for quality in QUALITIES:
            out = BytesIO()
            picture.save(out, "WEBP", quality=quality, method=4)
            if out.tell() <= size.max_bytes:
                return Variant(size.name, out.getvalue(), picture.width, picture.height)
        picture.thumbnail((max(1, int(picture.width * SHRINK)), max(1, int(picture.height * SHRINK))))


# --- keeping and giving out ---------------------------------------------------------------------------------


def keep_variants(photo: Photo, variants: list[Variant]) -> None:
    """Put the variants into storage under the photo's key; the row itself is saved by the caller."""
    photo.sizes = [[variant.width, variant.height] for variant in variants]
    for variant in variants:
        file = getattr(photo, variant.name)
        file.save(f"{variant.name}.webp", ContentFile(variant.content), save=False)
        undo_on_failure(file)


def undo_on_failure(file: FieldFile) -> None:
    """The file was written just now: let it go if the work under way fails (`files_undone_on_failure`)."""
    _written.get([]).append(file)


@contextmanager
def files_undone_on_failure() -> Iterator[None]:
    """Put this around the transaction that keeps files: if it fails, the files it wrote go as its rows do."""
    token = _written.set([])
    try:
        yield
    except BaseException:
        for file in _written.get():
            file.storage.delete(str(file.name))
        raise
    finally:
        _written.reset(token)


def remove_files(photo: Photo) -> None:
    """Delete a photo's files once the deletion of its row is certain."""
    files = [getattr(photo, size.name) for size in SIZES]
    transaction.on_commit(lambda: [file.storage.delete(file.name) for file in files if file])


def photo_file(key: UUID, size: str, user: Person) -> FieldFile | None:
    """The stored file if this person may see it: of a published activity everyone, of others only its unit's staff."""
    if size not in {known.name for known in SIZES}:
        return None
    photo = Photo.objects.select_related("activity").filter(key=key).first()
    if photo is None:
        return None
    is_public = photo.activity.status == Activity.Status.PUBLISHED
    if not is_public and not may(user, "publications.view_photo", photo):
        return None
    file: FieldFile = getattr(photo, size)
    return file if file.name and file.storage.exists(file.name) else None
