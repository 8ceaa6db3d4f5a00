"""Colours, type and the two shapes (card, button) that Tk lacks.

Plain Tk with shapes drawn by Pillow, instead of a widget library: such libraries copy fonts
into the customer's home and wake up many times a second, and this program does neither.
"""

import base64
import io
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import font as tkfont

from PIL import Image, ImageDraw

PAPER = "#f6f7f4"
SURFACE = "#ffffff"
SUNK = "#eef1ed"
LINE = "#dde3de"
INK = "#10272a"
INK_SOFT = "#4a5f60"
BRAND = "#176660"
BRAND_STRONG = "#12524e"
SHELL = "#082024"
SHELL_SOFT = "#97b5b2"
ON_BRAND = "#ffffff"
DANGER = "#b93a26"
DANGER_STRONG = "#98301f"
GOOD = "#2f9e5b"
ATTENTION = "#e29a2d"
RING = "#e29a2d"

_FAMILIES = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans", "Liberation Sans")
_SUPERSAMPLED = 4


@dataclass(frozen=True, slots=True)
class Look:
    """A button's colours: ground, ground under the pointer, text, border."""

    ground: str
    hover: str
    ink: str
    border: str


PRIMARY = Look(BRAND, BRAND_STRONG, ON_BRAND, BRAND)
PLAIN = Look(SURFACE, SUNK, INK, "#8a9894")
RED = Look(DANGER, DANGER_STRONG, ON_BRAND, DANGER)


class Theme:
    """Fonts and sizes for one screen."""

    def __init__(self, root: tk.Misc) -> None:
        """Measure the screen that `root` is on."""
        # Tk draws 72 points to the inch; many screens say 96 dots whatever they have.
        self.scale = min(max(root.winfo_fpixels("1i") / 96, 1.0), 3.0)
        families = set(tkfont.families(root))
        family = next((name for name in _FAMILIES if name in families), "DejaVu Sans")
        self._root = root
        self._family = family
        self._images: dict[tuple[object, ...], tk.PhotoImage] = {}

    def px(self, size: float) -> int:
        """Return a length for this screen; `size` is in pixels of an ordinary one."""
        return round(size * self.scale)

    def font(self, size: float, *, bold: bool = False) -> tuple[str, int, str]:
        """Return a font; `size` is its height in pixels of an ordinary screen."""
        return (self._family, -self.px(size), "bold" if bold else "normal")

    def rounded(
        self, width: int, height: int, radius: int, colours: tuple[str, str, str]
    ) -> tk.PhotoImage:
        """Return a rounded rectangle, smooth at its corners.

        Args:
            width: in pixels.
            height: in pixels.
            radius: of the corners, in pixels.
            colours: what is around it, its border, its ground.
        """
        key = (width, height, radius, colours)
        if key not in self._images:
            around, border, ground = colours
            many = _SUPERSAMPLED
            image = Image.new("RGB", (width * many, height * many), around)
            ImageDraw.Draw(image).rounded_rectangle(
                (0, 0, width * many - 1, height * many - 1),
                radius * many,
                fill=ground,
                outline=border,
                width=many * max(1, self.px(1)),
            )
            smooth = image.resize((width, height), Image.Resampling.LANCZOS)
            buffer = io.BytesIO()
            smooth.save(buffer, "PNG")
            self._images[key] = tk.PhotoImage(
                master=self._root, data=base64.b64encode(buffer.getvalue())
            )
        return self._images[key]


class Button(tk.Canvas):
    """A button with round corners that takes mouse and keyboard."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        text: str,
        command: Callable[[], None],
        *,
        look: Look = PRIMARY,
        small: bool = False,
    ) -> None:
        """Draw it.

        Args:
            parent: what it stands in; its background shows at the corners.
            theme: fonts and sizes.
            text: one line.
            command: called once for each press.
            look: colours.
            small: for the banner.
        """
        font = theme.font(13 if small else 15, bold=True)
        beside, above = (14, 7) if small else (22, 12)
        measured = tkfont.Font(root=parent, font=font)
        self._width = measured.measure(text) + 2 * theme.px(beside)
        self._height = measured.metrics("linespace") + 2 * theme.px(above)
        self._around = str(parent.cget("background"))
        super().__init__(
            parent,
            width=self._width,
            height=self._height,
            background=self._around,
            highlightthickness=0,
            borderwidth=0,
            takefocus=1,
            cursor="hand2",
        )
        self._theme = theme
        self._look = look
        self._command = command
        self._enabled = True
        self._shape = self.create_image(0, 0, anchor="nw")
        self.create_text(self._width // 2, self._height // 2, text=text, font=font, fill=look.ink)
        self._draw(hover=False)
        self.bind("<Enter>", lambda _event: self._draw(hover=True))
        self.bind("<Leave>", lambda _event: self._draw(hover=False))
        self.bind("<FocusIn>", lambda _event: self._draw(hover=False))
        self.bind("<FocusOut>", lambda _event: self._draw(hover=False))
        self.bind("<ButtonRelease-1>", self._released)
        for key in ("<Return>", "<KP_Enter>", "<space>"):
            self.bind(key, lambda _event: self.invoke())

    def enable(self, *, enabled: bool) -> None:
        """Let it react, or not."""
        self._enabled = enabled

    def invoke(self) -> None:
        """Do what a press does."""
        if self._enabled:
            self._command()

    def _released(self, event: "tk.Event[tk.Misc]") -> None:
        if 0 <= event.x < self._width and 0 <= event.y < self._height:
            self.invoke()

    def _draw(self, *, hover: bool) -> None:
        focused = self.focus_get() is self
        border = RING if focused else self._look.border
        ground = self._look.hover if hover else self._look.ground
        shape = self._theme.rounded(
            self._width, self._height, self._theme.px(8), (self._around, border, ground)
        )
        self.itemconfigure(self._shape, image=shape)


def label(
    parent: tk.Misc, text: str, font: tuple[str, int, str], *, ink: str = INK, wrap: int = 0
) -> tk.Label:
    """Return a text that stands on its parent's ground, broken at `wrap` pixels."""
    return tk.Label(
        parent,
        text=text,
        font=font,
        foreground=ink,
        background=str(parent.cget("background")),
        wraplength=wrap,
        justify="left",
        anchor="w",
        padx=0,
        pady=0,
        borderwidth=0,
    )
