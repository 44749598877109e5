"""Text reaches typst as data, and any text can be printed."""

import io

import pypdf
import pytest

from cilegon_kip.common import printable, typeset

SOURCE = """#set document(title: "Uji")
#set text(lang: "id", font: {font})
#let data = json(bytes(sys.inputs.data))
#data.text
#strong(data.text)
#emph(data.text)
"""
FONTS = ['"Libertinus Serif"', '"Plus Jakarta Sans"']
EVERY_CHARACTER = "".join(chr(code) for code in range(0x20, 0x10000) if printable._DRAWN.match(chr(code)))


@pytest.fixture(params=FONTS)
def source(request, tmp_path, monkeypatch):
    monkeypatch.setattr(typeset, "SOURCES", tmp_path)
    (tmp_path / "uji.typ").write_text(SOURCE.format(font=request.param))
    return "uji.typ"


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_every_character_that_is_kept_is_drawn(source):
    assert len(EVERY_CHARACTER) > 1000
    assert typeset.pdf(source, {"text": EVERY_CHARACTER}).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "text",
    ["\x00\x07\ufeff\u202e", "🎉👨‍👩‍👧🇮🇩", "漢字 हिन्दी", "\ue000\uffff\U0010ffff", "e\u0301\u0489", "\ud800", "𝗣𝗼𝘀"],
)
def test_no_text_of_strangers_stops_a_page(source, text):
    assert "awal" in text_of(typeset.pdf(source, {"text": f"awal {text} akhir"}))


def test_text_is_never_typst_source(source):
    text = '#panic("x") $a$ *tebal* = Judul #include "/etc/passwd" \\ @x <y> // z'
    assert "#panic" in text_of(typeset.pdf(source, {"text": text}))


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Giat 🎉 pagi", "Giat pagi"),
        ("𝗣𝗼𝘀𝘆𝗮𝗻𝗱𝘂", "Posyandu"),
        ("漢 dan x²", "□ dan x²"),
        ("baris 1\r\nbaris 2", "baris 1\nbaris 2"),
        ("so\u00adal", "soal"),
        ("½ dan ①", "½ dan 1"),
    ],
)
def test_text_keeps_what_can_be_printed(written, printed):
    assert printable.printable(written) == printed


@pytest.mark.parametrize("template", ["../../manage.py", "/etc/passwd", "uji.txt", "../x.typ"])
def test_only_sources_of_ours_are_read(source, template):
    with pytest.raises(typeset.TypesetError):
        typeset.pdf(template, {})


def test_what_does_not_compile_is_one_kind_of_error(source):
    with pytest.raises(typeset.TypesetError, match="uji"):
        typeset.pdf(source, {})


def test_picture_has_a_pixel_for_each_point(source):
    made = typeset.png(source, {"text": "x"})
    assert made.startswith(b"\x89PNG")
    assert int.from_bytes(made[16:20], "big") == 595  # the width of A4
