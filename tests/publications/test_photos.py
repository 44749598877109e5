"""Photos from strangers: what is refused, and what is left of what is kept."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms

from publications.photos import SIZES, make_variants

from . import pictures
from .pictures import upload

BOXES = {size.name: size for size in SIZES}


def picture_of(variant) -> Image.Image:
    picture = Image.open(BytesIO(variant.content))
    picture.load()
    return picture


def refusal(content: bytes, name: str = "foto.jpg") -> str:
    with pytest.raises(ValidationError) as caught:
        make_variants(upload(content, name))
    return caught.value.messages[0]


def test_gps_and_all_other_metadata_are_gone_and_the_photo_stands_upright():
    content = pictures.with_gps()
    assert Image.open(BytesIO(content)).getexif().get_ifd(pictures.GPS_TAG)
    for variant in make_variants(upload(content)):
        picture = picture_of(variant)
        assert picture.format == "WEBP"
        assert not picture.getexif()
        assert not set(picture.info) & {"exif", "icc_profile", "xmp", "comment"}
        assert b"anary" not in variant.content
        assert b"Rahasia" not in variant.content
        assert picture.height > picture.width


def test_twelve_megapixels_of_noise_fit_every_budget():
    content = pictures.twelve_megapixels()
    assert len(content) > 3_000_000
    variants = make_variants(upload(content))
    assert [variant.name for variant in variants] == ["small", "medium", "large"]
    for variant in variants:
        box = BOXES[variant.name]
        assert len(variant.content) <= box.max_bytes
        assert variant.width <= box.width
        assert variant.height <= box.height
        assert picture_of(variant).size == (variant.width, variant.height)
    assert variants[2].width == 1600


def test_a_small_photo_is_not_blown_up():
    assert {(v.width, v.height) for v in make_variants(upload(pictures.plain(100, 80)))} == {(100, 80)}


def test_png_bomb_is_refused_by_its_declared_size_before_a_pixel_is_read():
    bomb = pictures.png_bomb()
    assert len(bomb) < 1_000_000
    assert refusal(bomb, "besar.png") == (
        "Foto memuat 900 juta piksel, paling banyak 60 juta. Perkecil fotonya lalu pilih lagi."
    )


def test_a_photo_a_little_over_the_limit_of_pixels_is_refused_too(settings):
    settings.PHOTO_MAX_PIXELS = 2_000_000
    assert "3 juta piksel, paling banyak 2 juta" in refusal(pictures.plain(2000, 1500))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pictures.SVG, "gambar.svg"),
        (pictures.SVG, "gambar.jpg"),
        (pictures.HTML, "foto.jpg"),
        (b"%PDF-1.7 bukan foto", "foto.png"),
        (pictures.plain(kind="GIF"), "foto.gif"),
        (pictures.plain(kind="TIFF"), "foto.jpg"),
        (b"\x00" * 100, "foto.jpg"),
    ],
)
def test_what_is_no_photo_by_content_is_refused_whatever_its_name(content, name):
    assert refusal(content, name) == "Isi berkas ini bukan foto JPEG, PNG, atau WebP, apa pun nama berkasnya."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_truncated_photo_is_refused(kind):
    content = pictures.encoded(Image.effect_noise((900, 700), 60).convert("RGB"), kind)
    assert "rusak atau tidak lengkap" in refusal(content[: len(content) * 2 // 3])


def test_forty_megabytes_are_refused_with_limit_and_size():
    content = pictures.plain() + bytes(40 * 1024 * 1024)
    assert refusal(content) == "Berkas 40,0 MB, paling besar 15,0 MB. Perkecil fotonya lalu pilih lagi."


def test_empty_file_is_refused():
    assert "kosong" in refusal(b"")


def test_see_through_parts_become_white():
    content = pictures.encoded(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG")
    red, green, blue = picture_of(make_variants(upload(content))[2]).convert("RGB").getpixel((150, 150))
    assert min(red, green, blue) > 250


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "CMYK"])
def test_every_colour_mode_of_phones_and_scanners_is_read(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    variants = make_variants(upload(pictures.encoded(Image.new(mode, (200, 150)), kind)))
    assert picture_of(variants[2]).mode == "RGB"


def test_colours_of_another_profile_are_turned_into_srgb():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    broken = pictures.plain(icc_profile=b"bukan profil warna")
    assert len(make_variants(upload(broken))) == 3
    odd = pictures.plain(icc_profile=profile.tobytes())
    assert len(make_variants(upload(odd))) == 3


def test_extreme_shapes_fit_their_boxes():
    for variant in make_variants(upload(pictures.plain(9000, 12))):
        assert variant.width <= BOXES[variant.name].width
        assert variant.height >= 1
