"""The film of R5: pans over photographs, things that move, grain and cuts."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from bench.data import data_folder
from bench.streaming import pictures
from bench.streaming.pictures import Picture

WIDTH: Final = 800
HEIGHT: Final = 450
RATE: Final = 25
SHOT: Final = 50  # pictures between two cuts
SHOTS: Final = 6


def film_pictures() -> Iterator[Picture]:
    """Draw the film, picture by picture."""
    rng = np.random.default_rng(31)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for shot in range(SHOTS):
        scenery = pictures.photograph(70 + shot, WIDTH + 4 * SHOT, HEIGHT + SHOT).astype(np.float32)
        speed = (shot + 1) % 4  # one shot in four stands still
        for number in range(SHOT):
            left, top = speed * number, number * (shot % 2)
            picture = scenery[top : top + HEIGHT, left : left + WIDTH].copy()
            for actor in range(3):
                angle = number / (9 + 4 * actor) + 2 * actor + shot
                distance = np.hypot(
                    x - WIDTH / 2 - 300 * np.cos(angle), y - HEIGHT / 2 - 150 * np.sin(1.7 * angle)
                )
                inside = 1 / (1 + np.exp((distance - 40 - 15 * actor).clip(-30, 30)))
                picture += inside[:, :, None] * (np.array([90, -60, 40]) * (actor - 1) + 25)
            picture += rng.normal(0, 3, (HEIGHT, WIDTH, 1)).astype(np.float32)
            yield picture.clip(0, 255).astype(np.uint8)


def film_file() -> Path:
    """Return the film as a file that Chromium plays; it is made once."""
    target = data_folder() / f"film-{WIDTH}x{HEIGHT}-{SHOTS * SHOT}.mp4"
    if not target.exists():
        unfinished = target.with_suffix(".part.mp4")
        command: list[str | Path] = [
            *("ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24"),
            *("-video_size", f"{WIDTH}x{HEIGHT}", "-framerate", str(RATE), "-i", "-"),
            *("-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p", unfinished),
        ]
        raw = b"".join(picture.tobytes() for picture in film_pictures())
        subprocess.run(command, input=raw, check=True)
        unfinished.replace(target)
    return target
