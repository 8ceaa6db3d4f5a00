"""Two computers with keyboards of their own, and what goes from the one to the other.

The technician's keys are pressed as hardware would, in a real browser on a real screen; a program
on the customer's screen gets them. What is right is not written down here: the same keys pressed in
an ordinary field of the same browser say it.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from agent.inject.x11 import X11Injector
from tests.integration.rig.agent import Agent
from tests.integration.rig.chromium import ARGUMENTS
from tests.integration.rig.computer import Computer
from tests.integration.rig.desk import Desk
from tests.integration.rig.portal import TECHNICIAN, Portal
from tests.integration.rig.waiting import until

pytestmark = pytest.mark.integration

CUSTOMERS = ("de", "us", "fr", "ru")
# Of every technician: letters, digits, signs. Then what each keyboard is known for.
COMMON = [
    *(f"Key{letter}" for letter in "QWERTYUIOPASDFGHJKLZXCVBNM"),
    *(f"ShiftLeft Key{letter}" for letter in "AQZYWÄ" if letter.isascii()),
    *(f"Digit{digit}" for digit in range(10)),
    *(f"ShiftLeft Digit{digit}" for digit in range(10)),
    "Space", "Comma", "Period", "Slash", "Semicolon", "NumpadAdd",
]  # fmt: skip
THIRD_LEVEL = [
    *(f"AltRight Digit{digit}" for digit in (0, 2, 3, 4, 5, 6, 7, 8, 9)),
    "AltRight KeyQ", "AltRight KeyE", "AltRight Minus", "AltRight BracketRight",
    "AltRight IntlBackslash", "AltRight KeyM",
]  # fmt: skip
DEAD = ["Equal", "KeyE", "ShiftLeft Equal", "KeyA", "Backquote", "KeyO", "Backquote", "Space"]
OWN: dict[str, list[str]] = {
    "de": [*THIRD_LEVEL, *DEAD, "BracketLeft", "Quote", "Minus", "Backslash", "IntlBackslash"],
    "us": ["BracketLeft", "Quote", "Minus", "Backslash", "Backquote"],
    "fr": [*THIRD_LEVEL, "BracketLeft", "KeyE", "ShiftLeft BracketLeft", "KeyI"],
    "ch": ["AltRight Digit2", "AltRight KeyE", "AltRight Digit3", "Equal", "KeyE", "Semicolon"],
    "pl": [*(f"AltRight Key{letter}" for letter in "ACELNOSXZ"), "ShiftLeft AltRight KeyL"],
    "ru": ["BracketLeft", "Quote", "Backquote", "Backslash"],
    "gr": ["Semicolon", "KeyA", "ShiftLeft Semicolon", "KeyI", "KeyQ"],
}


LAST = "F9"
SEE_THE_LAST = f"""field => {{
    field.hasSeenTheLast = false;
    field.onkeyup = ({{ code }}) => {{ field.hasSeenTheLast ||= code === "{LAST}"; }};
}}"""


class Hands:
    """The technician's keyboard: presses keys on his screen as its driver would."""

    def __init__(self, technician: Computer) -> None:
        self._injector = X11Injector(technician.screen.name)

    def press(self, chords: list[str]) -> None:
        """Press chords of KeyboardEvent.code, such as `AltRight KeyQ`, one after the other."""
        for chord in chords:
            codes = chord.split()
            for code in codes:
                assert self._injector.key(code, down=True)
            for code in reversed(codes):
                self._injector.key(code, down=False)
            time.sleep(0.004)

    def close(self) -> None:
        self._injector.close()


@pytest.fixture(scope="module")
def technician(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computer]:
    """Return the technician's computer."""
    with Computer(tmp_path_factory.mktemp("technician")) as computer:
        yield computer


@pytest.fixture(scope="module")
def customer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Computer]:
    """Return the customer's computer."""
    with Computer(tmp_path_factory.mktemp("customer")) as computer:
        yield computer


@pytest.fixture(scope="module")
def window(playwright: Playwright, technician: Computer) -> Iterator[Browser]:
    """Return a Chromium with a window on the technician's screen."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        headless=False,
        args=[argument for argument in ARGUMENTS if "headless" not in argument],
        env={name: value for name, value in technician.env.items() if isinstance(value, str)},
    )
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def page(
    window: Browser, portal: Portal, customer: Computer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """Return the technician's page, connected to the agent on the customer's computer."""
    with window.new_context(locale="de-DE", viewport={"width": 1200, "height": 700}) as context:
        desk = Desk(context.new_page(), portal)
        desk.log_in(TECHNICIAN)
        log = tmp_path_factory.mktemp("agent") / "agent.log"
        with Agent.without_window(portal.url, log=log, env=customer.env) as agent:
            desk.connect(agent)
            yield desk.page
            agent.end()


@pytest.fixture(scope="module")
def hands(technician: Computer) -> Iterator[Hands]:
    """Return the technician's hands."""
    made = Hands(technician)
    yield made
    made.close()


class Terminal:
    """A terminal on the customer's screen that writes down every line."""

    def __init__(self, customer: Computer, folder: Path) -> None:
        self._output = folder / "typed"
        self._program = customer.start(
            "xterm", "-u8", "-T", folder.name, "-e", f"cat > {self._output}"
        )
        window = customer.screen.window(folder.name)
        customer.screen.xdotool("windowfocus", "--sync", window)
        until(self._output.exists, within=15, what="the terminal")
        self._seen = 0

    def line(self) -> str:
        """Return the next line that arrives."""
        lines = until(
            lambda: self._lines() if len(self._lines()) > self._seen + 1 else None,
            within=30,
            what="a line",
        )
        self._seen += 1
        return lines[self._seen - 1]

    def _lines(self) -> list[str]:
        return self._output.read_text(encoding="utf-8").split("\n")

    def close(self) -> None:
        self._program.stop(within=5)


@pytest.fixture
def terminal(customer: Computer, page: Page, tmp_path: Path) -> Iterator[Terminal]:
    """Return an empty terminal at the customer's; `page` is there first."""
    made = Terminal(customer, tmp_path)
    yield made
    made.close()


def choose(computer: Computer, layout: str, *options: str) -> None:
    """Give a computer another keyboard."""
    computer.start("setxkbmap", "-option", "", "-layout", layout, *options).wait()


def press_locally(page: Page, hands: Hands, chords: list[str]) -> str:
    """Press chords in an ordinary field of the technician's page and return its text."""
    field = page.locator("#customer-search")
    field.fill("")
    field.focus()
    field.evaluate(SEE_THE_LAST)
    # It types nothing; when it comes up, everything before it has come.
    hands.press([*chords, LAST])
    until(
        lambda: field.evaluate("field => field.hasSeenTheLast"),
        within=10,
        what="the keys in the page",
    )
    typed = field.input_value()
    assert typed
    field.fill("")
    return typed


@pytest.mark.parametrize("layout", list(OWN))
def test_every_pair_of_keyboards_types_what_the_technician_sees(
    technician: Computer,
    customer: Computer,
    page: Page,
    hands: Hands,
    terminal: Terminal,
    layout: str,
) -> None:
    choose(technician, layout)
    chords = [*COMMON, *OWN[layout]]
    wanted = press_locally(page, hands, chords)
    assert len(wanted) > len(COMMON) - 5
    for other in CUSTOMERS:
        choose(customer, other)
        page.locator("#control").click()
        hands.press([*chords, "Enter"])
        assert terminal.line() == wanted, f"{layout} types on {other}"


def test_compose_sequences_arrive(
    technician: Computer, customer: Computer, page: Page, hands: Hands, terminal: Terminal
) -> None:
    choose(technician, "us", "-option", "compose:menu")
    choose(customer, "de")
    chords = ["ContextMenu", "Quote", "KeyE", "ContextMenu", "ShiftLeft KeyO", "KeyC", "KeyX"]
    wanted = press_locally(page, hands, chords)
    assert wanted == "é©x"
    page.locator("#control").click()
    hands.press([*chords, "Enter"])
    assert terminal.line() == wanted


@pytest.mark.parametrize("side", ["technician", "customer"])
def test_locks_at_either_end_change_nothing_but_what_they_should(
    request: pytest.FixtureRequest, page: Page, hands: Hands, terminal: Terminal, side: str
) -> None:
    for name in ("technician", "customer"):
        choose(request.getfixturevalue(name), "de")
    locked: Computer = request.getfixturevalue(side)
    chords = ["KeyA", "ShiftLeft KeyB", "Semicolon", "Digit7", "Minus"]
    for lock in ("Caps_Lock", "Num_Lock"):
        if (lock, side) == ("Num_Lock", "technician"):
            # On at his side, the number pad types, whatever it would do at the customer's.
            chords = [*chords, "Numpad4", "NumpadDecimal"]
        locked.screen.xdotool("key", lock)
        wanted = press_locally(page, hands, chords)
        page.locator("#control").click()
        hands.press([*chords, "Enter"])
        got = terminal.line()
        locked.screen.xdotool("key", lock)
        assert got == wanted, f"{lock} of the {side}"


class KeyLog:
    """A window on the customer's screen that writes down which shortcuts arrive."""

    def __init__(self, customer: Computer) -> None:
        self._program = customer.start("stdbuf", "-oL", "xev", "-event", "keyboard")
        window = customer.screen.window("Event Tester")
        customer.screen.xdotool("windowfocus", "--sync", window)

    def shortcuts(self) -> list[str]:
        """Return what was pressed, as `Ctrl z`."""
        names = {1: "Shift", 4: "Ctrl", 8: "Alt", 64: "Super"}
        found = re.findall(
            r"^KeyPress.*?state (0x[0-9a-f]+), keycode \d+ \(keysym 0x[0-9a-f]+, (\w+)\)",
            self._program.output,
            re.MULTILINE | re.DOTALL,
        )
        return [
            " ".join([*(name for bit, name in names.items() if int(state, 16) & bit), keysym])
            for state, keysym in found
            if not re.match("Control|Shift|Alt|Super|ISO_Level3|Num_|Caps_", keysym)
        ]

    def wait_for(self, count: int) -> None:
        """Wait until so many shortcuts have arrived."""
        until(lambda: len(self.shortcuts()) >= count, within=15, what=f"{count} shortcuts")

    def close(self) -> None:
        self._program.stop(within=5)


# Where Z, A, T and D lie on the technician's keyboard.
PLACES = {
    "de": "YATD", "us": "ZATD", "fr": "WQTD", "ch": "YATD", "pl": "ZATD", "ru": "ZATD",
    "gr": "ZATD",
}  # fmt: skip


@pytest.mark.parametrize("layout", list(PLACES))
def test_shortcuts_mean_what_is_printed_on_the_technicians_keys(
    technician: Computer, customer: Computer, page: Page, hands: Hands, layout: str
) -> None:
    choose(technician, layout)
    z, a, t, d = (f"Key{letter}" for letter in PLACES[layout])
    for other in ("de", "us", "fr"):
        choose(customer, other)
        log = KeyLog(customer)
        try:
            # A letter first, as people do, by which the page learns the script.
            page.locator("#control").click()
            hands.press([f"ControlLeft {z}", f"ControlLeft {a}", f"ControlLeft ShiftLeft {t}",
                         f"AltLeft {d}", "ControlLeft F5", "ShiftLeft ArrowLeft"])  # fmt: skip
            wanted = ["Ctrl z", "Ctrl a", "Shift Ctrl T", "Alt d", "Ctrl F5", "Shift Left"]
            log.wait_for(len(wanted))
            assert log.shortcuts() == wanted, f"{layout} on {other}"
        finally:
            log.close()


def test_a_key_that_is_held_repeats_at_the_customers_and_stops(
    customer: Computer, page: Page, technician: Computer
) -> None:
    choose(customer, "de")
    log = KeyLog(customer)
    driver = X11Injector(technician.screen.name)
    try:
        page.locator("#control").click()
        driver.key("ArrowDown", down=True)
        # X begins after 660 ms, longer than keys are believed without a word.
        until(lambda: log.shortcuts().count("Down") > 8, within=20, what="repetitions")
        driver.key("ArrowDown", down=False)
        time.sleep(0.5)
        count = len(log.shortcuts())
        time.sleep(0.5)
        assert len(log.shortcuts()) == count
    finally:
        driver.close()
        log.close()
