"""A long web page as people read them: headings, paragraphs, pictures, a bar that stays."""

import random
from pathlib import Path
from typing import Final

from PIL import Image

from bench.streaming import pictures
from bench.streaming.scene import BITS, CELL, PROBE, SIGNAL_X, SIGNAL_Y

SECTIONS: Final = 40
_STYLE: Final = """
body { margin: 0; font: 16px/1.55 "Liberation Sans", sans-serif; color: #222; }
header { position: sticky; top: 0; height: 56px; background: #14365c; color: #fff; z-index: 1;
    font-size: 20px; line-height: 56px; padding: 0 32px; }
main { display: grid; grid-template-columns: 280px minmax(0, 1fr); gap: 48px; padding: 0 32px; }
nav { position: sticky; top: 72px; align-self: start; background: #eef2f7; padding: 8px 24px; }
nav li { margin: 7px 0; } article { max-width: 1200px; padding: 24px 0; }
h2 { font-size: 27px; color: #14365c; margin: 32px 0 8px; }
aside { background: #e3f1e3; border: 1px solid #5a5; border-radius: 8px; padding: 4px 20px; }
td { border: 1px solid #bbb; padding: 4px 14px; } img { display: block; margin: 16px 0; }
#beacon { position: fixed; left: LEFTpx; top: TOPpx; z-index: 2; }
""".replace("LEFT", str(SIGNAL_X)).replace("TOP", str(SIGNAL_Y))
_BEACON: Final = f"""<canvas id="beacon" width="{BITS * CELL}" height="{PROBE}"></canvas>
<script>
const beacon = document.querySelector("#beacon").getContext("2d");
const frames = [];
function show(number) {{
    for (let bit = 0; bit < {BITS}; bit += 1) {{
        beacon.fillStyle = number >> bit & 1 ? "white" : "black";
        beacon.fillRect(bit * {CELL}, 0, {CELL}, {PROBE});
    }}
    frames.push([number, (performance.timeOrigin + performance.now()) / 1000]);
}}
let number = 0;
show(0);
"""
# The event comes once a frame, right before it is painted.
_ON_SCROLL: Final = """
addEventListener("scroll", () => { number = (number + 1) % 4096; show(number); });
</script>
"""
_ON_FILM: Final = """
const film = document.querySelector("video");
function next() {
    number = (number + 1) % 4096;
    show(number);
    film.requestVideoFrameCallback(next);
}
film.requestVideoFrameCallback(next);
</script>
"""


def _words(rng: random.Random, least: int, most: int) -> str:
    return " ".join(pictures.word(rng) for _ in range(rng.randint(least, most)))


def _section(rng: random.Random, number: int) -> str:
    parts = [f"<h2 id=s{number}>{_words(rng, 2, 5).title()}</h2>"]
    parts += [f"<p>{_words(rng, 40, 120)}.</p>" for _ in range(rng.randint(2, 4))]
    if number % 3 == 1:
        parts.append(f"<aside><p>{_words(rng, 15, 40)}</p></aside>")
    if number % 4 == 2:
        cells = "".join(f"<td>{_words(rng, 1, 3)}</td>" for _ in range(5))
        parts.append(f"<table>{f'<tr>{cells}</tr>' * 6}</table>")
    if number % 5 == 3:
        parts.append(f'<img src="photo{number % 2}.png" width="640" height="360">')
    return "".join(parts)


def long_page(folder: Path) -> Path:
    """Write the page with its pictures and return its path."""
    rng = random.Random(11)  # noqa: S311 - text, not secrets
    for number in range(2):
        photo = pictures.photograph(90 + number, 640, 360)
        Image.fromarray(photo).save(folder / f"photo{number}.png")
    links = "".join(f"<li>{_words(rng, 1, 3).title()}</li>" for _ in range(18))
    text = "".join(_section(rng, number) for number in range(SECTIONS))
    path = folder / "page.html"
    path.write_text(
        f"<!doctype html><meta charset=utf-8><title>bench page</title><style>{_STYLE}</style>"
        f"<header>{_words(rng, 3, 3).title()}</header><main><nav><ul>{links}</ul></nav>"
        f"<article>{text}</article></main>{_BEACON}{_ON_SCROLL}"
    )
    return path


def film_page(folder: Path, film: Path) -> Path:
    """Write a page that plays `film` at 800x450 between text and return its path."""
    rng = random.Random(12)  # noqa: S311 - text, not secrets
    path = folder / "film.html"
    video = f'<video src="{film.as_uri()}" width="800" height="450" muted loop></video>'
    path.write_text(
        f"<!doctype html><meta charset=utf-8><title>bench film</title><style>{_STYLE}</style>"
        f"<header>{_words(rng, 3, 3).title()}</header><main><nav></nav><article>"
        f"<p>{_words(rng, 60, 60)}</p>{video}<p>{_words(rng, 200, 200)}</p></article></main>"
        f"{_BEACON}{_ON_FILM}"
    )
    return path
