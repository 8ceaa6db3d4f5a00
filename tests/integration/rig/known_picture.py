"""A picture in which a wrong pixel cannot hide: text, flat colour, gradient, photograph."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont


def draw_known_picture(path: Path, width: int = 1280, height: int = 800) -> None:
    """Write the picture as a PNG."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x ^ y) & 255], axis=2)
    grain = rng.normal(0, 6, (300, 400, 3))
    soft = 128 + 80 * np.sin(x[:300, :400] / 40) * np.cos(y[:300, :400] / 30)
    pixels[440:740, 820:1220] = (soft[:, :, None] + grain).clip(0, 255)
    image = Image.fromarray(pixels.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((820, 60, 1220, 380), fill="white")
    font = ImageFont.truetype("DejaVuSans.ttf", 16)
    for line in range(14):
        draw.text((836, 70 + 22 * line), f"Zeile {line}: äöüß €@|\\ 0O1lI", font=font, fill="black")
    image.save(path)
