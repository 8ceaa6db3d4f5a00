"""What happens in a soak: each habit does one thing and says what, to be repeated by hand."""

import random
import string
from collections.abc import Callable
from typing import Final

from bench.soak.world import SIZES, World
from bench.streaming import pictures

Habit = Callable[[World, random.Random], str]
_KEYS: Final = ("PageDown", "PageUp", "ArrowDown", "ArrowUp", "Control+Home", "Control+End", "Tab")


# --- The technician's, through the viewer ------------------------------------------------


def types(world: World, rng: random.Random) -> str:
    """Type into whatever has the focus."""
    text = "".join(rng.choices(string.ascii_lowercase + "   \n", k=rng.randint(5, 40)))
    world.desk.screen.focus()
    world.page.keyboard.type(text, delay=rng.choice((5, 40)))
    return f"typed {text!r}"


def presses(world: World, rng: random.Random) -> str:
    """Press a key that moves about, several times."""
    key, times = rng.choice(_KEYS), rng.randint(1, 8)
    for _ in range(times):
        world.page.keyboard.press(key)
    return f"pressed {key} {times} times"


def clicks(world: World, rng: random.Random) -> str:
    """Click somewhere."""
    x, y = world.random_point(rng)
    world.page.mouse.click(x, y)
    return f"clicked {x:.0f} {y:.0f}"


def scrolls(world: World, rng: random.Random) -> str:
    """Turn the wheel over some window."""
    x, y = world.random_point(rng)
    world.page.mouse.move(x, y)
    way, times = rng.choice((-120, 120)), rng.randint(2, 25)
    for _ in range(times):
        world.page.mouse.wheel(0, way)
        world.page.wait_for_timeout(rng.choice((10, 60)))
    return f"wheel at {x:.0f} {y:.0f}, {times} times {way}"


def drags(world: World, rng: random.Random) -> str:
    """Hold the button and move: a window by its title, a selection, or nothing."""
    (x1, y1), (x2, y2) = world.random_point(rng), world.random_point(rng)
    steps = rng.randint(5, 40)
    world.page.mouse.move(x1, y1)
    world.page.mouse.down()
    world.page.mouse.move(x2, y2, steps=steps)
    world.page.mouse.up()
    return f"dragged {x1:.0f} {y1:.0f} to {x2:.0f} {y2:.0f} in {steps} steps"


# --- The customer's ------------------------------------------------------------------


def switches(world: World, rng: random.Random) -> str:
    """Bring windows to the front, one after the other."""
    order = [rng.choice(world.windows) for _ in range(rng.randint(1, 6))]
    for window in order:
        world.hands("windowactivate", window, "sleep", rng.choice(("0.02", "0.2")))
    return f"switched to {order}"


def moves(world: World, rng: random.Random) -> str:
    """Move a window about by its title, as a hand does."""
    window, steps = rng.choice(world.windows), rng.randint(5, 30)
    x, y = rng.randint(-100, 700), rng.randint(0, 500)
    chain: list[str | int] = ["windowactivate", window]
    for step in range(steps):
        chain += ["windowmove", window, x + 9 * step, y + rng.randint(-6, 6), "sleep", "0.02"]
    world.hands(*chain)
    return f"moved window {window} from {x} {y} in {steps} steps"


def shapes(world: World, rng: random.Random) -> str:
    """Give a window another size."""
    window, width, height = rng.choice(world.windows), rng.randint(300, 1200), rng.randint(200, 700)
    world.hands("windowsize", window, width, height)
    return f"gave window {window} the size {width} {height}"


def prints(world: World, rng: random.Random) -> str:
    """Let the terminal print."""
    lines = rng.randint(3, 300)
    words = [" ".join(pictures.word(rng) for _ in range(rng.randint(1, 14))) for _ in range(lines)]
    world.print("\r\n".join(words) + "\r\n")
    return f"printed {lines} lines"


def opens(world: World, rng: random.Random) -> str:
    """Open another window, or close the ones that were opened."""
    if len(world.more) < 3 and rng.random() < 0.7:
        columns, rows = rng.randint(20, 90), rng.randint(5, 30)
        place = f"{columns}x{rows}+{rng.randint(0, 600)}+{rng.randint(0, 400)}"
        command = ("sh", "-c", "ls -la /usr/bin | head -500; cat")
        world.more.append(world.computer.start("xterm", "-geometry", place, "-e", *command))
        return f"opened a terminal at {place}"
    for program in world.more:
        program.stop(within=2)
    count, world.more = len(world.more), []
    return f"closed {count} terminals"


def plays(world: World, rng: random.Random) -> str:
    """Play some seconds of the film in a window."""
    seconds = rng.randint(1, 5)
    player = world.computer.start(
        *("ffplay", "-loglevel", "error", "-autoexit", "-t", str(seconds)),
        *("-x", "640", "-y", "360", "-left", str(rng.randint(0, 500)), "-top", "100", world.film),
    )
    player.wait(within=30)
    return f"played {seconds} s of the film"


def resizes(world: World, rng: random.Random) -> str:
    """Change the resolution."""
    size = rng.choice(SIZES)
    world.resize(size)
    return f"resolution {size[0]}x{size[1]}"


# --- The line's ---------------------------------------------------------------------


def breaks(world: World, rng: random.Random) -> str:
    """Cut the line while something happens, and wait until the session goes on."""
    said = rng.choice((prints, moves))(world, rng)
    world.cut()
    return f"{said}, cut"


HABITS: Final[dict[Habit, int]] = {
    types: 6,
    presses: 4,
    clicks: 4,
    scrolls: 8,
    drags: 5,
    switches: 5,
    moves: 5,
    shapes: 3,
    prints: 5,
    opens: 2,
    plays: 1,
    resizes: 1,
    breaks: 1,
}


def some(rng: random.Random) -> list[Habit]:
    """Choose what happens before the next rest."""
    return rng.choices(list(HABITS), list(HABITS.values()), k=rng.randint(1, 4))
