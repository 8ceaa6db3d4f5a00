"""The strip that stays on top while somebody sees the screen: who, how long, how much, end."""

import time
import tkinter as tk
from collections.abc import Callable
from datetime import datetime

from agent import events
from agent.gui import theme as looks
from agent.gui.texts import Texts, duration
from agent.gui.theme import Button, Theme, label

SECOND_MS = 1000
# So long it says that an interrupted line is back, in seconds.
NEWS = 6.0


class Banner:
    """One connection's strip at the top of the screen; the customer can drag it away."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        texts: Texts,
        *,
        connected: events.Connected,
        hotkey: str,
        end: Callable[[], None],
    ) -> None:
        """Show it.

        Args:
            root: the hidden main window.
            theme: fonts and sizes.
            texts: the language.
            connected: who it is.
            hotkey: the key that ends it, as it is written on keyboards; '' without one.
            end: what button and hot key do.
        """
        self._theme = theme
        self._texts = texts
        self._clock = events.ClockTick(0, 0, 0, 0, running=False)
        self._heard_at = time.monotonic()
        self._paused = False
        self._technician = connected.technician[:40]
        # What is said instead while the line is lost, and until when that it is back.
        self._interrupted = ""
        self._back_until = 0.0
        self._timer: str | None = None
        self._grip = (0, 0)
        self._width = 0
        window = tk.Toplevel(root, background=looks.SHELL)
        self._window = window
        window.title(texts("banner.with", technician=connected.technician))
        window.protocol("WM_DELETE_WINDOW", end)
        # A dock has no frame and stays above the others in every window manager we know.
        window.attributes("-type", "dock")
        window.attributes("-topmost", True)  # noqa: FBT003 (Tk's own way)
        self._who(window, connected)
        self._cost_and_end(window, hotkey, end)
        window.bind("<ButtonPress-1>", self._gripped)
        window.bind("<B1-Motion>", self._dragged)
        # Where no window manager keeps it on top, it comes back by itself.
        window.bind("<Visibility>", self._covered)
        self._draw()

    def _who(self, window: tk.Toplevel, connected: events.Connected) -> None:
        theme, texts = self._theme, self._texts
        who = tk.Frame(window, background=looks.SHELL)
        who.pack(side="left", padx=(theme.px(16), theme.px(20)), pady=theme.px(8))
        self._line = label(
            who,
            "● " + texts("banner.with", technician=self._technician),
            theme.font(14, bold=True),
            ink=looks.ON_BRAND,
        )
        self._line.pack(anchor="w")
        since = datetime.now().astimezone().strftime("%H:%M")
        below = texts(
            "banner.company",
            company=connected.company[:40],
            since=since,
            code=connected.verification_code,
        )
        label(who, below, theme.font(12), ink=looks.SHELL_SOFT).pack(anchor="w")

    def _cost_and_end(self, window: tk.Toplevel, hotkey: str, end: Callable[[], None]) -> None:
        theme, texts = self._theme, self._texts
        right = tk.Frame(window, background=looks.SHELL)
        right.pack(side="right", padx=theme.px(16), pady=theme.px(8))
        Button(right, theme, texts("banner.end"), end, look=looks.RED, small=True).pack()
        if hotkey:
            hint = texts("banner.hotkey", keys=hotkey)
            label(right, hint, theme.font(11), ink=looks.SHELL_SOFT).pack()
        cost = tk.Frame(window, background=looks.SHELL)
        cost.pack(side="right", padx=theme.px(8), pady=theme.px(8))
        self._amount = label(cost, "", theme.font(16, bold=True), ink=looks.ON_BRAND)
        self._amount.pack(anchor="e")
        self._next = label(cost, "", theme.font(12), ink=looks.SHELL_SOFT)
        self._next.pack(anchor="e")

    def tick(self, clock: events.ClockTick) -> None:
        """Take the server's figures; in between they are counted on here."""
        self._clock = clock
        self._heard_at = time.monotonic()
        self._draw()

    def pause(self, *, paused: bool) -> None:
        """Say that the clock stands and nothing is visible, or that it goes on."""
        self._paused = paused
        self._draw()

    def interrupt(self, *, own_line: bool) -> None:
        """Say that the line is lost, at this end or the other, and will be taken up again."""
        self._interrupted = self._texts("banner.own_line" if own_line else "banner.other_line")
        self._draw()

    def go_on(self) -> None:
        """Say that the line is back."""
        self._interrupted = ""
        self._paused = False
        self._back_until = time.monotonic() + NEWS
        self._draw()

    def close(self) -> None:
        """Take it off the screen."""
        if self._timer is not None:
            self._window.after_cancel(self._timer)
            self._timer = None
        self._window.destroy()

    def _draw(self) -> None:
        if self._timer is not None:
            self._window.after_cancel(self._timer)
            self._timer = None
        clock, texts = self._clock, self._texts
        running = clock.running and not self._paused and not self._interrupted
        passed = int(time.monotonic() - self._heard_at) if running else 0
        blocks = texts(
            "banner.blocks_one" if clock.blocks == 1 else "banner.blocks", count=clock.blocks
        )
        time_and_blocks = f"{duration(clock.seconds + passed)} · {blocks} · "
        amount = texts("banner.cost", amount=texts.euros(clock.cents))
        _say(self._amount, time_and_blocks + amount, looks.ON_BRAND)
        if self._interrupted:
            above = "○ " + texts("banner.interrupted")
        else:
            above = "● " + texts("banner.with", technician=self._technician)
        _say(self._line, above, looks.ON_BRAND)
        is_news = time.monotonic() < self._back_until
        if self._interrupted:
            below = self._interrupted
        elif self._paused:
            below = texts("banner.paused")
        elif is_news:
            below = texts("banner.back")
        elif running:
            left = max(0, clock.next_block_in - passed)
            below = texts("banner.next", time=duration(left))
        else:
            below = texts("banner.stopped" if clock.seconds else "banner.waiting")
        is_urgent = self._paused or bool(self._interrupted) or is_news
        _say(self._next, below, looks.ATTENTION if is_urgent else looks.SHELL_SOFT)
        self._place()
        if running or is_news:
            self._timer = self._window.after(SECOND_MS, self._draw)

    def _place(self) -> None:
        """Make it as wide as its longest texts need; it never shrinks, so as not to twitch."""
        window = self._window
        window.update_idletasks()
        if window.winfo_reqwidth() <= self._width:
            return
        self._width = min(window.winfo_reqwidth() + self._theme.px(24), window.winfo_screenwidth())
        left = (window.winfo_screenwidth() - self._width) // 2
        window.geometry(f"{self._width}x{window.winfo_reqheight()}+{left}+0")

    def _gripped(self, event: "tk.Event[tk.Misc]") -> None:
        self._grip = (event.x_root - self._window.winfo_x(), event.y_root - self._window.winfo_y())

    def _dragged(self, event: "tk.Event[tk.Misc]") -> None:
        window = self._window
        x = event.x_root - self._grip[0]
        y = event.y_root - self._grip[1]
        x = min(max(x, 0), max(0, window.winfo_screenwidth() - window.winfo_width()))
        y = min(max(y, 0), max(0, window.winfo_screenheight() - window.winfo_height()))
        window.geometry(f"+{x}+{y}")

    def _covered(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self._window and str(event.state) != "VisibilityUnobscured":
            self._window.after(SECOND_MS, self._lift)

    def _lift(self) -> None:
        if self._window.winfo_exists():
            self._window.lift()


def _say(shown: tk.Label, text: str, ink: str) -> None:
    """Let a label say something. What it says already is not drawn, and so not sent, again."""
    if (str(shown.cget("text")), str(shown.cget("foreground"))) != (text, ink):
        shown.configure(text=text, foreground=ink)
