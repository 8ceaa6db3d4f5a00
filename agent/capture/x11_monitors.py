"""The monitors of an X screen: RandR 1.5, which knows virtual ones and those of drivers alike."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_ubyte, c_ulong, c_void_p

from agent.capture.base import Box, Monitor
from agent.xlib import XID, Connection, DisplayLostError, load

# RRSelectInput: the screen's size, and what a CRTC or an output does without changing it.
CHANGES = 1 << 0 | 1 << 1 | 1 << 2
FIRST_VERSION = (1, 5)
# Xft.dpi is what the toolkits follow; 96 is 100 percent.
RESOURCES = b"RESOURCE_MANAGER"
RESOURCES_LONGS = 16 * 1024
XA_STRING = 31
DPI_NORMAL = 96


class XRRMonitorInfo(ctypes.Structure):
    """One monitor as libXrandr tells it."""

    _fields_ = (
        ("name", c_ulong),
        ("primary", c_int),
        ("automatic", c_int),
        ("noutput", c_int),
        ("x", c_int),
        ("y", c_int),
        ("width", c_int),
        ("height", c_int),
        ("mwidth", c_int),
        ("mheight", c_int),
        ("outputs", c_void_p),
    )


class MonitorList:
    """Reads the monitors and has the X server tell of every change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._randr = self._open()
        self.events: frozenset[int] = frozenset()
        x11 = connection.x11
        x11.XGetAtomName.argtypes = [c_void_p, XID]
        x11.XGetAtomName.restype = c_void_p
        x11.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        x11.XInternAtom.restype = XID
        x11.XGetWindowProperty.argtypes = [
            c_void_p, XID, XID, c_long, c_long, c_int, XID, POINTER(XID), POINTER(c_int),
            POINTER(c_ulong), POINTER(c_ulong), POINTER(POINTER(c_ubyte)),
        ]  # fmt: skip
        self._resources = int(x11.XInternAtom(connection.handle, RESOURCES, 0))
        if self._randr is not None:
            base, error = c_int(), c_int()
            self._randr.XRRQueryExtension(connection.handle, byref(base), byref(error))
            self._randr.XRRSelectInput(connection.handle, connection.root, CHANGES)
            self.events = frozenset((base.value, base.value + 1))

    def _open(self) -> ctypes.CDLL | None:
        """libXrandr, or None where library or server know no monitors."""
        try:
            randr = load("libXrandr.so.2")
        except DisplayLostError:
            return None
        if not hasattr(randr, "XRRGetMonitors"):
            return None
        for name in ("XRRQueryExtension", "XRRQueryVersion"):
            getattr(randr, name).argtypes = [c_void_p, POINTER(c_int), POINTER(c_int)]
        randr.XRRSelectInput.argtypes = [c_void_p, XID, c_int]
        randr.XRRGetMonitors.argtypes = [c_void_p, XID, c_int, POINTER(c_int)]
        randr.XRRGetMonitors.restype = POINTER(XRRMonitorInfo)
        randr.XRRFreeMonitors.argtypes = [c_void_p]
        handle = self._connection.handle
        major, minor = c_int(), c_int()
        if not randr.XRRQueryExtension(handle, byref(major), byref(minor)):
            return None
        if not randr.XRRQueryVersion(handle, byref(major), byref(minor)):
            return None
        return randr if (major.value, minor.value) >= FIRST_VERSION else None

    def read(self) -> list[Monitor]:
        """Return the monitors as they are now; without RandR the screen is the only one.

        Those that show the same part of the screen count once.

        Raises:
            DisplayLostError: the X server is gone.
        """
        width, height, _depth = self._connection.geometry()
        scale = self._scale()
        found: dict[Box, Monitor] = {}
        for name, info in self._infos():
            right, bottom = min(info.x + info.width, width), min(info.y + info.height, height)
            box = Box(max(info.x, 0), max(info.y, 0), right, bottom)
            if box.x0 < box.x1 and box.y0 < box.y1 and (box not in found or info.primary):
                found[box] = Monitor(info.name, name, box, scale, primary=bool(info.primary))
        screen = Monitor(0, "", Box(0, 0, width, height), scale, primary=True)
        return list(found.values()) or [screen]

    def _infos(self) -> list[tuple[str, XRRMonitorInfo]]:
        if self._randr is None:
            return []
        handle, count = self._connection.handle, c_int()
        monitors = self._randr.XRRGetMonitors(handle, self._connection.root, 1, byref(count))
        self._connection.check()
        if not monitors:
            return []
        infos = [
            (self._name(monitors[index].name), XRRMonitorInfo.from_buffer_copy(monitors[index]))
            for index in range(count.value)
        ]
        self._randr.XRRFreeMonitors(monitors)
        return infos

    def _name(self, atom: int) -> str:
        address = self._connection.x11.XGetAtomName(self._connection.handle, atom)
        self._connection.check()
        if not address:
            return ""
        name = ctypes.string_at(address).decode("utf-8", "replace")
        self._connection.x11.XFree(address)
        return name

    def _scale(self) -> int:
        """Percent by which programs enlarge what they draw: X has one figure for all monitors.

        The millimetres that RandR tells say nothing about it: programs do not follow them, and
        televisions lie.
        """
        for line in self._resource_lines():
            name, _colon, value = line.partition(":")
            if name.strip() == "Xft.dpi":
                try:
                    return round(float(value) * 100 / DPI_NORMAL)
                except (ValueError, OverflowError):
                    break
        return 100

    def _resource_lines(self) -> list[str]:
        """Return the X resources as they are now; Xlib's own copy is as old as the connection."""
        handle, root = self._connection.handle, self._connection.root
        kind, form, count, rest = XID(), c_int(), c_ulong(), c_ulong()
        data = POINTER(c_ubyte)()
        self._connection.x11.XGetWindowProperty(
            handle, root, self._resources, 0, RESOURCES_LONGS, 0, XA_STRING, byref(kind),
            byref(form), byref(count), byref(rest), byref(data),
        )  # fmt: skip
        self._connection.check()
        if not data:
            return []
        text = ctypes.string_at(data, count.value) if form.value == 8 else b""  # noqa: PLR2004
        self._connection.x11.XFree(data)
        return text.decode("latin-1").splitlines()
