"""The customer's window: ID and password, the question, the end. One page at a time."""

import contextlib
import re
import textwrap
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass

from agent import events
from agent.gui import theme as looks
from agent.gui.sentences import ended_lines
from agent.gui.texts import Texts
from agent.gui.theme import Button, Theme, label
from agent.protocol.damm import show_password, show_support_id

WIDTH = 460
MARGIN = 26
# More characters of a company's name do not fit into the head beside the program's own.
LONGEST_NAME = 28
# A question that appears under the customer's hands must not be answered by what he types.
GRACE_MS = 700


@dataclass(frozen=True, slots=True)
class Actions:
    """What the customer can do in the window."""

    allow: Callable[[], None]
    refuse: Callable[[], None]
    unlock: Callable[[], None]
    again: Callable[[], None]
    close: Callable[[], None]


class Window:
    """Draws pages into the root window."""

    def __init__(self, root: tk.Tk, theme: Theme, texts: Texts, actions: Actions) -> None:
        """Take over `root`."""
        self._root = root
        self._theme = theme
        self._texts = texts
        self._actions = actions
        self._state: tk.Label | None = None
        self._dot: tk.Label | None = None
        self._page: tk.Frame | None = None
        self._company = texts("app.name")
        self._offline = False
        self._questions: list[Button] = []
        root.configure(background=looks.PAPER)
        root.resizable(width=False, height=False)
        root.title(texts("app.name"))
        root.protocol("WM_DELETE_WINDOW", actions.close)

    def waiting(self) -> None:
        """Show that the server is being called, before there is anything else to show."""
        page = self._new_page(self._texts("app.name"))
        self._paragraph(page, self._texts("app.no_install"), ink=looks.INK_SOFT)
        self._state_line(page)
        self._fit()

    def ready(self, event: events.Ready) -> None:
        """Show ID and password, and what naming them means."""
        texts, theme = self._texts, self._theme
        self._company = event.company.name
        self._root.title(texts("app.title", company=self._company))
        page = self._new_page(event.company.name)
        label(page, texts("ready.title"), theme.font(15), ink=looks.INK_SOFT).pack(anchor="w")
        phone = label(
            page,
            event.company.phone,
            theme.font(28, bold=True),
            ink=looks.BRAND,
            wrap=self._wrap(),
        )
        phone.pack(anchor="w", pady=(theme.px(2), 0))
        label(page, texts("ready.call"), theme.font(15), ink=looks.INK_SOFT).pack(anchor="w")
        card = self._card(page)
        self._number(card, 0, texts("ready.id"), show_support_id(event.support_id))
        self._number(card, 1, texts("ready.password"), show_password(event.password))
        self._paragraph(page, texts("ready.order", price=texts.price(event.terms)))
        self._paragraph(page, texts("ready.fresh"), ink=looks.INK_SOFT, size=12)
        self._state_line(page)
        self.state(texts("state.ready"), looks.GOOD)
        self._fit()

    def state(self, text: str, colour: str = looks.ATTENTION) -> None:
        """Say how the connection stands, in the line at the bottom."""
        if self._state is not None and self._dot is not None:
            self._state.configure(text=text)
            self._dot.configure(foreground=colour)
            self._fit()

    def offline(self, sentence: str) -> None:
        """Show only what is the matter: ID and password are no use without a line."""
        if self._offline:
            self.state(sentence)
            return
        self.waiting()
        self._offline = True
        self.state(sentence)

    def answered(self) -> None:
        """Let the question take no second answer."""
        for button in self._questions:
            button.enable(enabled=False)

    def locked(self) -> None:
        """Say that nobody gets in until the customer clicks."""
        page = self._headline("locked.title")
        self._paragraph(page, self._texts("locked.text"))
        self._buttons(page, ("locked.button", self._actions.unlock, looks.PRIMARY))
        self._raise()

    def consent(self, event: events.ConsentRequest) -> None:
        """Ask whether this technician may see and control the computer."""
        texts, theme = self._texts, self._theme
        page = self._headline("consent.title", event.company)
        self._paragraph(
            page,
            texts("consent.who", technician=event.technician, company=event.company),
            size=15,
        )
        card = self._card(page)
        self._number(card, 0, texts("consent.code"), event.verification_code)
        hint = label(
            card, texts("consent.code_hint"), theme.font(12), ink=looks.INK_SOFT,
            wrap=theme.px(WIDTH - 2 * MARGIN - 40),
        )  # fmt: skip
        hint.grid(row=1, column=0, columnspan=2, sticky="w", pady=(theme.px(4), 0))
        self._paragraph(page, texts("consent.price", price=texts.price(event.terms)))
        self._paragraph(page, texts("consent.watch"))
        self._paragraph(page, texts("consent.consumer"), ink=looks.INK_SOFT, size=12)
        allow, refuse = self._buttons(
            page,
            ("consent.allow", self._actions.allow, looks.PRIMARY),
            ("consent.refuse", self._actions.refuse, looks.PLAIN),
        )
        label(page, texts("consent.keys"), theme.font(12), ink=looks.INK_SOFT).pack(
            anchor="w", pady=(theme.px(8), 0)
        )
        self._keys(allow, refuse)
        self._raise()

    def ended(self, event: events.Ended) -> None:
        """Say how it ended and what it costs."""
        first, *rest = ended_lines(self._texts, event)
        page = self._headline("ended.title")
        self._paragraph(page, first)
        for number, line in enumerate(rest):
            cost = bool(event.cents) and number == 0
            font = self._theme.font(22 if cost else 14, bold=cost)
            label(page, line, font, wrap=self._wrap()).pack(
                anchor="w", pady=(self._theme.px(10), 0)
            )
        self._buttons(
            page,
            ("ended.close", self._actions.close, looks.PRIMARY),
            ("ended.again", self._actions.again, looks.PLAIN),
        )
        self._raise()

    def failed(self, event: events.Failed) -> None:
        """Say why it cannot go on and what to do."""
        page = self._headline("failed.title")
        self._paragraph(page, self._texts.known("failed", event.code))
        self._buttons(page, ("ended.close", self._actions.close, looks.PRIMARY))
        self._raise()

    def hide(self) -> None:
        """Take the window off the screen while the banner is there."""
        self._root.withdraw()

    def show(self) -> None:
        """Bring it back."""
        self._root.deiconify()

    # Parts of a page.

    def _new_page(self, company: str) -> tk.Frame:
        theme = self._theme
        if self._page is not None:
            self._page.destroy()
        self._state = self._dot = None
        self._offline = False
        self._questions = []
        for key in ("z", "a", "r"):
            self._root.unbind(f"<Alt-{key}>")
        self._root.unbind("<Escape>")
        outer = tk.Frame(self._root, background=looks.PAPER)
        outer.pack(fill="both", expand=True)
        self._page = outer
        head = tk.Frame(outer, background=looks.SHELL)
        head.pack(fill="x")
        shown = textwrap.shorten(company, LONGEST_NAME, placeholder=" …")[:LONGEST_NAME]
        name = label(head, shown, theme.font(16, bold=True), ink=looks.ON_BRAND)
        name.pack(side="left", padx=(theme.px(MARGIN), theme.px(10)), pady=theme.px(12))
        if company != self._texts("app.name"):
            kind = label(head, self._texts("app.name"), theme.font(13), ink=looks.SHELL_SOFT)
            kind.pack(side="right", padx=theme.px(MARGIN))
        page = tk.Frame(outer, background=looks.PAPER)
        page.pack(fill="both", expand=True, padx=theme.px(MARGIN), pady=theme.px(20))
        # Keeps every page as wide as the others.
        tk.Frame(page, background=looks.PAPER, width=self._wrap(), height=0).pack()
        return page

    def _headline(self, key: str, company: str = "") -> tk.Frame:
        page = self._new_page(company or self._company)
        font = self._theme.font(21, bold=True)
        label(page, self._texts(key), font, wrap=self._wrap()).pack(anchor="w")
        return page

    def _card(self, page: tk.Frame) -> tk.Frame:
        theme = self._theme
        border = tk.Frame(page, background=looks.LINE)
        border.pack(fill="x", pady=theme.px(14))
        card = tk.Frame(border, background=looks.SURFACE)
        line = theme.px(1)
        card.pack(fill="x", padx=line, pady=line)
        inner = tk.Frame(card, background=looks.SURFACE)
        inner.pack(anchor="w", padx=theme.px(18), pady=theme.px(12))
        return inner

    def _number(self, card: tk.Frame, row: int, name: str, digits: str) -> None:
        theme = self._theme
        caption = label(card, name, theme.font(14), ink=looks.INK_SOFT)
        caption.grid(row=row, column=0, sticky="w", padx=(0, theme.px(20)))
        number = label(card, digits, theme.font(34, bold=True))
        number.grid(row=row, column=1, sticky="w")

    def _paragraph(
        self, page: tk.Frame, text: str, *, ink: str = looks.INK, size: float = 14
    ) -> None:
        paragraph = label(page, _glued(text), self._theme.font(size), ink=ink, wrap=self._wrap())
        paragraph.pack(anchor="w", pady=(self._theme.px(8), 0))

    def _buttons(
        self, page: tk.Frame, *wanted: tuple[str, Callable[[], None], looks.Look]
    ) -> list[Button]:
        row = tk.Frame(page, background=looks.PAPER)
        row.pack(anchor="w", pady=(self._theme.px(18), 0))
        buttons = []
        for key, command, look in wanted:
            button = Button(row, self._theme, self._texts(key), command, look=look)
            button.pack(side="left", padx=(0, self._theme.px(12)))
            buttons.append(button)
        return buttons

    def _state_line(self, page: tk.Frame) -> None:
        theme = self._theme
        row = tk.Frame(page, background=looks.PAPER)
        row.pack(anchor="w", fill="x", pady=(theme.px(16), 0))
        self._dot = label(row, "●", theme.font(14), ink=looks.ATTENTION)
        self._dot.pack(side="left", anchor="n", padx=(0, theme.px(8)))
        self._state = label(row, "", theme.font(13), wrap=self._wrap() - theme.px(30))
        self._state.pack(side="left", anchor="w")

    def _keys(self, allow: Button, refuse: Button) -> None:
        """Answer by keyboard too, but not by what was being typed when the question came."""
        for button in (allow, refuse):
            button.enable(enabled=False)
        self._root.focus_force()

        self._questions = [allow, refuse]

        def ready() -> None:
            if allow in self._questions and allow.winfo_exists():
                for button in (allow, refuse):
                    button.enable(enabled=True)
                refuse.focus_set()

        self._root.after(GRACE_MS, ready)
        texts = self._texts
        self._root.bind(f"<Alt-{texts('consent.allow_key')}>", lambda _event: allow.invoke())
        self._root.bind(f"<Alt-{texts('consent.refuse_key')}>", lambda _event: refuse.invoke())
        self._root.bind("<Escape>", lambda _event: refuse.invoke())

    def _raise(self) -> None:
        """Bring the window in front of whatever the customer is looking at."""
        self._fit()
        self._root.deiconify()
        self._root.attributes("-topmost", True)  # noqa: FBT003 (Tk's own way)
        self._root.lift()
        self._root.after(500, self._settle)

    def _settle(self) -> None:
        with contextlib.suppress(tk.TclError):
            self._root.attributes("-topmost", False)  # noqa: FBT003 (Tk's own way)

    def _fit(self) -> None:
        """Make the window as large as its page, in the middle, and wholly on the screen."""
        root = self._root
        root.update_idletasks()
        width, height = root.winfo_reqwidth(), root.winfo_reqheight()
        left = max(0, (root.winfo_screenwidth() - width) // 2)
        # The frame of the window manager needs some room too.
        room = root.winfo_screenheight() - height - self._theme.px(60)
        top = max(0, room // 2)
        root.geometry(f"{width}x{height}+{left}+{top}")

    def _wrap(self) -> int:
        return self._theme.px(WIDTH - 2 * MARGIN)


def _glued(text: str) -> str:
    """Keep figures and their units in one line: '10 Minuten', '8,50 EUR', '§ 312g'."""
    return re.sub(r"(?<=[\d§]) (?=\w)", "\u00a0", text)
