"""What the technician may do on the customer's computer, whatever the platform."""

import abc


class InjectError(Exception):
    """Input cannot be given to this computer; the text says why, for the log."""


class Injector(abc.ABC):
    """Gives input to the computer and remembers what is pressed. Used by one thread at a time."""

    @abc.abstractmethod
    def move(self, x: int, y: int) -> None:
        """Move the pointer to a pixel of the screen; outside it, to the nearest one."""

    @abc.abstractmethod
    def button(self, button: int, *, down: bool) -> None:
        """Press or let go a button where the pointer is: 0 left to 4 forward."""

    @abc.abstractmethod
    def wheel(self, dx: int, dy: int) -> None:
        """Turn the wheel where the pointer is; 1/120 of a notch, positive is right and down."""

    @abc.abstractmethod
    def key(self, code: str, *, down: bool) -> bool:
        """Press or let go a physical key (KeyboardEvent.code); False if there is no such key."""

    @abc.abstractmethod
    def text(self, text: str) -> None:
        """Type characters, whatever keyboard layout the customer has."""

    @abc.abstractmethod
    def release(self) -> None:
        """Let go everything that is pressed and undo every change to the keyboard."""

    @abc.abstractmethod
    def close(self) -> None:
        """Release and let the computer go; doing it twice is harmless."""
