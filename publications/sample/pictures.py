"""Sample photos: flat drawings in the portal's colours with the words "Foto contoh", never a picture of people."""

from __future__ import annotations

from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, HORIZON = 1600, 1200, 760
SKY, HILL, SEA, GROUND = "#DCEAF2", "#68A3C3", "#2F7AA3", "#0B4A6F"
PAPER, EMBER, DARK = "#FFFFFF", "#FF9E57", "#07324C"


def draw(scene: str, rng: Random) -> SimpleUploadedFile:
    """A PNG as a camera would send it, to go the same way as every upload."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    pen = ImageDraw.Draw(picture)
    _landscape(pen, rng)
    SCENES[scene](pen, rng)
    font = ImageFont.load_default(96)
    pen.rectangle((0, HEIGHT - 170, WIDTH, HEIGHT), fill=DARK)
    pen.text((60, HEIGHT - 145), "Foto contoh", font=font, fill=PAPER)
    out = BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("foto-contoh.png", out.getvalue(), "image/png")


def _landscape(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    sun = rng.randint(200, 1300)
    pen.ellipse((sun, 110, sun + 200, 310), fill=EMBER)
    for left in range(-200, WIDTH, 420):
        peak = HORIZON - rng.randint(140, 330)
        pen.polygon([(left, HORIZON), (left + 340, peak), (left + 700, HORIZON)], fill=HILL)
    pen.rectangle((0, HORIZON, WIDTH, HEIGHT), fill=SEA)


def _tent(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((0, 900, WIDTH, HEIGHT), fill=GROUND)
    for left in range(180, 1300, 420):
        pen.rectangle((left + 20, 800, left + 340, 960), fill=PAPER)
        pen.polygon([(left, 800), (left + 180, 640 + rng.randint(0, 40)), (left + 360, 800)], fill=EMBER)


def _boat(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    left = rng.randint(350, 700)
    pen.polygon([(left, 880), (left + 560, 880), (left + 470, 980), (left + 90, 980)], fill=EMBER)
    pen.rectangle((left + 200, 790, left + 380, 880), fill=PAPER)
    pen.line((left + 290, 600, left + 290, 790), fill=DARK, width=16)


def _houses(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((0, 940, WIDTH, HEIGHT), fill=GROUND)
    for left in range(90, 1450, 300):
        top = rng.randint(700, 760)
        pen.rectangle((left, top, left + 220, 960), fill=PAPER)
        pen.polygon([(left - 25, top), (left + 110, top - 110), (left + 245, top)], fill=EMBER)
        pen.rectangle((left + 85, 850, left + 140, 960), fill=DARK)


def _factory(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((300, 640, 1300, 900), fill=GROUND)
    for left in range(380, 1200, 210):
        pen.rectangle((left, 420 + rng.randint(0, 120), left + 70, 660), fill=DARK)
        pen.rectangle((left, 720, left + 110, 800), fill=PAPER)


SCENES = {"tenda": _tent, "perahu": _boat, "rumah": _houses, "pabrik": _factory}
