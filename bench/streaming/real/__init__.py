"""The real workloads R1 to R6: programs that people use, as Debian ships them."""

from typing import Final

from bench.streaming.real.browser import Film, Keyboard, LcdWheel, Wheel
from bench.streaming.real.files import FileManager
from bench.streaming.real.office import Calc, WriterScrolling, WriterTyping
from bench.streaming.real.terminals import OtherTerminal, Terminal
from bench.streaming.real.windows import ComposedDragging, Dragging

REAL: Final = {
    "R1a": Wheel,
    "R1b": Keyboard,
    "R1c": LcdWheel,
    "R2a": WriterTyping,
    "R2b": WriterScrolling,
    "R2c": Calc,
    "R3a": Terminal,
    "R3b": OtherTerminal,
    "R4": FileManager,
    "R5": Film,
    "R6a": Dragging,
    "R6b": ComposedDragging,
}
