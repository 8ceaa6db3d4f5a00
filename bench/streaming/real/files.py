"""R4: a file manager and an editor, between whose windows somebody switches."""

from bench.streaming import pictures
from bench.streaming.real.desktop import Desktop
from bench.streaming.xlib import Server


class FileManager(Desktop):
    """Three windows that lie over each other, another one in front every half second."""

    interval = 0.5

    def __init__(self, server: Server) -> None:
        """Fill two folders and open them and a text."""
        super().__init__(server)
        for folder, count in (("Dokumente", 60), ("Bilder", 35)):
            (self.home / folder).mkdir()
            for number in range(count):
                ending = ("txt", "odt", "pdf", "png")[number % 4]
                (self.home / folder / f"{folder[:4].lower()} {number:02d}.{ending}").touch()
        letter = self.home / "Brief.txt"
        letter.write_text(pictures.prose(51, 80))
        self._windows = []
        for name in ("Dokumente", "Bilder"):
            self.start("pcmanfm", "--no-desktop", "--new-win", self.home / name)
            self._windows.append(self.window(name))
        self._windows.append(self.open_editor(letter))
        for number, window in enumerate(self._windows):
            self.place(window, 120 + 260 * number, 80 + 90 * number, 1000, 700)
        self.wait_until_still()

    def step(self, number: int) -> None:
        """Bring the next window to the front."""
        self.activate(self._windows[number % len(self._windows)])
