"""What a file is, by its content: the name and the sender's word for it count nothing."""

import zipfile
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from publications.documents.media import check_content, check_upload
from tests.publications.pictures import HTML, SVG, plain, png_bomb, upload, with_gps

PDF = b"%PDF-1.7\n%%EOF\n"


def archive(**parts: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def ooxml(main: str, **parts: str) -> bytes:
    types = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{main}"/></Types>'
    return archive(**{"[Content_Types].xml": types, **parts})


def spoilt() -> bytes:
    """A whole list of parts, but the first of them cannot be unpacked."""
    out, name = BytesIO(), "[Content_Types].xml"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, "x" * 200)
        size = file.getinfo(name).compress_size
    content, start = out.getvalue(), 30 + len(name)  # the length of the head in front of a part
    return content[:start] + b"\xff" * size + content[start + size :]


def workbook() -> bytes:
    out = BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "Anggaran"
    book.save(out)
    return out.getvalue()


SHEET, WORD = "spreadsheetml.sheet.main+xml", "wordprocessingml.document.main+xml"
TAKEN = {
    "pdf": PDF,
    "xlsx": workbook(),
    "docx": ooxml(WORD),
    "ods": archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "odt": archive(mimetype="application/vnd.oasis.opendocument.text"),
    "csv": "﻿Nama;Nilai\r\nÉka;1\r\n".encode(),
    "jpg": plain(),
    "png": plain(kind="PNG"),
}
REFUSED = {
    "empty": (b"", "Berkas kosong"),
    "cut pdf": (b"%PDF-1.7\n1 0 obj", "tidak lengkap"),
    "pdf behind something": (b"<script>" + PDF, "bukan PDF"),
    "html": (HTML, "bukan PDF"),
    "svg": (SVG, "bukan PDF"),
    "script": (b"#!/bin/sh\nrm -rf /, now\n", "bukan PDF"),
    "program": (b"MZ\x90\x00\x03", "bukan PDF"),
    "plain words": (b"satu kalimat saja\n", "bukan PDF"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Office lama"),
    "cp1252 table": ("Nama;Nilai\r\nÉka;1".encode("cp1252"), "CSV UTF-8"),
    "zip": (archive(**{"a.txt": "x"}), "bukan PDF"),
    "powerpoint": (ooxml("presentationml.presentation.main+xml"), "bukan PDF"),
    "macros": (ooxml(SHEET, xl__vbaProject_bin="x").replace(b"vbaProject_bin", b"vbaProject.bin"), "makro"),
    "macro type": (ooxml("ms-excel.sheet.macroEnabled.main+xml"), "bukan PDF"),
    "cut zip": (workbook()[:500], "rusak"),
    "spoilt zip": (spoilt(), "rusak"),
    "trap in a zip": (ooxml(SHEET).replace(b"spreadsheetml", b"spreadsheetxx"), ""),
    "cut jpeg": (plain()[:200], "rusak"),
    "gif": (b"GIF89a" + b"\x00" * 100, "bukan PDF"),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_what_is_taken(kind):
    checked = check_upload(upload(TAKEN[kind], "gambar.exe", "text/html"))
    assert checked.kind == kind
    if kind not in ("jpg", "png"):
        assert checked.content == TAKEN[kind]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_and_why(name):
    content, words = REFUSED[name]
    with pytest.raises(ValidationError, match=words):
        check_upload(upload(content, "laporan.pdf", "application/pdf"))


def test_too_large_names_the_limit(settings):
    settings.DOCUMENT_MAX_BYTES = 1024
    with pytest.raises(ValidationError, match="paling besar 1,0"):
        check_upload(upload(b"a,b\n" * 1000))


def test_a_picture_that_would_unpack_to_gigabytes_is_refused_unread():
    with pytest.raises(ValidationError, match="terlalu besar"):
        check_content(png_bomb())


def test_pictures_lose_their_metadata_and_stand_upright():
    checked = check_content(with_gps())
    picture = Image.open(BytesIO(checked.content))
    assert picture.size == (600, 800)  # it was held upright, and nothing is made smaller
    assert not picture.getexif()
    for word in (b"Canary", b"canary", b"Rahasia"):
        assert word not in checked.content


def test_a_manifest_larger_than_any_real_one_is_not_read():
    huge = " " * (2 * 1024 * 1024)
    with pytest.raises(ValidationError, match="bukan PDF"):
        check_content(ooxml(SHEET + '"/>' + huge + '<x y="'))
