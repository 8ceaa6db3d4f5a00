"""R2: LibreOffice. Typing into Writer, scrolling in Writer, moving about in Calc."""

from pathlib import Path
from typing import Final

from bench.streaming.hands import LEFT, WHEEL_DOWN, WHEEL_UP
from bench.streaming.pictures import HEIGHT, WIDTH
from bench.streaming.real.desktop import Desktop
from bench.streaming.real.documents import write_table, write_text
from bench.streaming.xlib import Server

# No tip of the day, no bar about what is new, no red waves under what no dictionary has.
_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="ShowTipOfTheDay"
 oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/SpellChecking"><prop oor:name="IsSpellAuto"
 oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion"
 oor:op="fuse"><value>99.0</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="LastTimeGetInvolvedShown"
 oor:op="fuse"><value>4102444800</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="LastTimeDonateShown"
 oor:op="fuse"><value>4102444800</value></prop></item>
</oor:items>
"""
_SENTENCE: Final = "die quick fox jumps over den faulen hund und schreibt einen brief "


class _Office(Desktop):
    """LibreOffice with one document."""

    def __init__(self, server: Server) -> None:
        """Write the document, open it and wait until it stands."""
        super().__init__(server)
        profile = self.home / "office"
        settings = profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS)
        document = self.write_document()
        self.start(
            *("soffice", "--norestore", "--nologo", "--nofirststartwizard"),
            *(f"-env:UserInstallation={profile.as_uri()}", document),
        )
        window = self.window(f"^{document.name}")
        self.place(window, 0, 0, WIDTH, HEIGHT - 60)
        self.activate(window)
        self.hands.move(WIDTH // 2, HEIGHT // 2)
        self.hands.click(LEFT)
        self.wait_until_still()

    def write_document(self) -> Path:
        """Write the document to the home and return its path."""
        path = self.home / "bench.fodt"
        write_text(path, 400)
        return path


class WriterTyping(_Office):
    """R2a: a letter every 80 ms in the middle of a text."""

    interval = 0.08

    def step(self, number: int) -> None:
        """Type the next letter."""
        letter = _SENTENCE[number % len(_SENTENCE)]
        self.hands.press("space" if letter == " " else letter)


class WriterScrolling(_Office):
    """R2b: the wheel is turned, a notch every 100 ms."""

    interval = 0.1

    def step(self, number: int) -> None:
        """Turn the wheel by a notch."""
        self.hands.click(WHEEL_DOWN if number // 60 % 2 == 0 else WHEEL_UP)


class Calc(_Office):
    """R2c: a table is scrolled by the wheel and walked through by the arrow key, in turn."""

    interval = 0.1

    def write_document(self) -> Path:
        """Write the table."""
        path = self.home / "bench.fods"
        write_table(path, 600, 16)
        return path

    def step(self, number: int) -> None:
        """Turn the wheel, or go down a row, at which the table jumps back to the cursor."""
        if number % 20 < 14:
            self.hands.click(WHEEL_DOWN)
        else:
            self.hands.press("Down")
