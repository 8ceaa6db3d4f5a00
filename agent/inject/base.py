"""What the technician may do on the customer's computer, whatever the platform."""

import abc


class InjectError(Exception):
    """Input cannot be given to this computer; the text says why, for the log."""


class CustomerTypingError(Exception):
    """The customer is holding a key that would make something else of the text."""


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
    def key(self, code: str, *, down: bool, label: str | None = None) -> bool:
        """Press or let go a physical key; False if there is no such key.

        Args:
            code: KeyboardEvent.code.
            down: pressed or let go; pressing what is down does nothing, the system repeats it.
            label: the character that the technician sees on the key, for a shortcut: the
                customer's key with that character is pressed, where he has one.
        """

    @abc.abstractmethod
    def text(self, text: str) -> str:
        """Type characters, whatever keyboard layout the customer has.

        Returns:
            the characters, each once, for which there was no way.

        Raises:
            CustomerTypingError: nothing was typed, since the customer holds a modifier.
        """

    @abc.abstractmethod
    def locks(self) -> tuple[bool, bool, bool]:
        """Return whether Caps Lock, Num Lock and Scroll Lock are on."""

    @abc.abstractmethod
    def release(self) -> None:
        """Let go everything that is pressed."""

    @abc.abstractmethod
    def close(self) -> None:
        """Release, undo every change to the keyboard, let the computer go; twice is harmless."""
