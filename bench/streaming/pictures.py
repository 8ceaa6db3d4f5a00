"""What the workloads show: pages of text, photographs and a film, drawn from fixed seeds."""

import random
import textwrap
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]  # height x width x 3, RGB

WIDTH: Final = 1920
HEIGHT: Final = 1080
FONT: Final = "DejaVuSans.ttf"
_SYLLABLES: Final = (
    *("an", "be", "ein", "der", "ge", "lich", "ung", "ver", "ter"),
    *("auf", "haus", "netz", "werk", "sche", "fen", "ster"),
)


def _words(rng: np.random.Generator, count: int) -> list[str]:
    return ["".join(rng.choice(_SYLLABLES, rng.integers(1, 4))) for _ in range(count)]


def word(rng: random.Random) -> str:
    """Return a word that sounds German."""
    return "".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3)))


def prose(seed: int, lines: int) -> str:
    """Return a text of `lines` lines of at most 90 characters."""
    rng = random.Random(seed)  # noqa: S311 - text, not secrets
    text = " ".join(word(rng) for _ in range(lines * 20))
    return "\n".join(textwrap.wrap(text, 90)[:lines])


def wallpaper() -> Picture:
    """Draw the desktop's background: soft colours without grain, as systems come with."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    waves = [np.sin(x / (300 + 90 * k) + y / (420 - 80 * k) + k) for k in range(3)]
    return np.stack([40 + 25 * waves[0], 80 + 35 * waves[1], 130 + 45 * waves[2]], axis=2).astype(
        np.uint8
    )


def text_page(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """Draw a page of paragraphs with headings, boxes and antialiased letters in two sizes."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    body, heading = ImageFont.truetype(FONT, 15), ImageFont.truetype(FONT, 24)
    draw.rectangle((0, 0, width // 6, height), fill="#eef1f5")
    left, y = width // 6 + 40, 24
    while y < height - 40:
        draw.text((left, y), " ".join(_words(rng, 5)).title(), font=heading, fill="#123a6b")
        draw.text((20, y), " ".join(_words(rng, 2)), font=body, fill="#345")
        y += 40
        for _ in range(int(rng.integers(4, 12))):
            line, room = "", width - left - 60
            while body.getlength(line) < room:
                line += _words(rng, 1)[0] + " "
            draw.text((left, y), line.rsplit(" ", 2)[0], font=body, fill="#222")
            y += 22
        if rng.random() < 0.5:
            draw.rounded_rectangle((left, y, left + 420, y + 90), 8, fill="#dcebdc", outline="#4a4")
            draw.text((left + 16, y + 34), " ".join(_words(rng, 3)), font=body, fill="#141")
            y += 100
        y += 18
    return np.asarray(image, np.uint8)


def photograph(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """Soft shapes, edges and the grain of a sensor: nothing that compresses like text."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.empty((height, width, 3), np.float32)
    for channel in range(3):
        layer = 128 + 60 * np.sin(x / rng.uniform(150, 500) + y / rng.uniform(200, 600))
        for _ in range(14):
            centre_x, centre_y = rng.uniform(0, width), rng.uniform(0, height)
            distance = np.hypot(x - centre_x, (y - centre_y) * rng.uniform(0.5, 2))
            radius = rng.uniform(40, 300)
            edge = ((distance - radius) / rng.uniform(1, 30)).clip(-60, 60)
            layer += rng.uniform(-50, 50) / (1 + np.exp(edge))
        picture[:, :, channel] = layer
    picture += rng.normal(0, 3.5, (height, width, 1)).astype(np.float32)
    return picture.clip(0, 255).astype(np.uint8)


def film(frames: int, width: int, height: int) -> list[Picture]:
    """Draw a film of `frames` pictures that can be looped: moving soft shapes with grain."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pictures = []
    for number in range(frames):
        turn = 2 * np.pi * number / frames
        picture = np.empty((height, width, 3), np.float32)
        for channel in range(3):
            wave = np.sin(x / 70 + channel + 2 * np.sin(turn)) + np.cos(y / 50 - turn)
            ball = np.hypot(
                x - width / 2 - width / 3 * np.cos(turn + channel),
                y - height / 2 - height / 3 * np.sin(turn),
            )
            picture[:, :, channel] = 110 + 40 * wave + 70 / (1 + np.exp((ball - 70) / 3))
        picture += rng.normal(0, 2.5, (height, width, 1)).astype(np.float32)
        pictures.append(picture.clip(0, 255).astype(np.uint8))
    return pictures


def glyphs(width: int, height: int) -> Picture:
    """Draw the letters a to z in cells of `width` x `height`, side by side on white."""
    image = Image.new("RGB", (26 * width, height), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSansMono.ttf", height - 8)
    for number in range(26):
        draw.text((number * width + 1, 1), chr(ord("a") + number), font=font, fill="black")
    return np.asarray(image, np.uint8)
