"""Pictures for the upload tests, made as small as they can be."""

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

GPS_TAG = 0x8825


def upload(content: bytes, name: str = "foto.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def encoded(picture: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def plain(width: int = 800, height: int = 600, kind: str = "JPEG", **options) -> bytes:
    return encoded(Image.new("RGB", (width, height), (200, 60, 20)), kind, **options)


def with_gps() -> bytes:
    """A JPEG as a phone makes it: taken at Cilegon's square, with the phone's name, held upright (turned in EXIF)."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "RahasiaPhone", "Model-Canary", 6
    exif[GPS_TAG] = {1: "S", 2: (6.0, 1.0, 2.0), 3: "E", 4: (106.0, 3.0, 4.0)}
    return plain(800, 600, exif=exif, comment=b"komentar-canary")


def twelve_megapixels() -> bytes:
    """4000 × 3000 with light noise everywhere, as a phone's sensor gives: several megabytes of JPEG."""
    noise = Image.effect_noise((4000, 3000), 48).convert("RGB")
    draw = ImageDraw.Draw(noise)
    for n in range(0, 4000, 160):
        draw.ellipse((n, n // 2, n + 400, n // 2 + 300), fill=(n % 255, 120, 255 - n % 255))
    return encoded(noise, quality=92)


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few hundred kilobytes that would unpack to gigabytes; the rows are packed piece by piece."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(9), bytes(1 + width // 8)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(document.domain)</script></body></html>"
