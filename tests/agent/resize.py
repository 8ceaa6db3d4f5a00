"""Another resolution for a virtual screen, by RandR 1.2: Xvfb offers no list to choose from."""

import ctypes
from ctypes import POINTER, byref, c_int, c_ulong, c_void_p

from agent.xlib import Connection, load


class ScreenResources(ctypes.Structure):
    """What the screen consists of, up to the fields that are used."""

    _fields_ = (
        ("timestamp", c_ulong),
        ("config_timestamp", c_ulong),
        ("ncrtc", c_int),
        ("crtcs", POINTER(c_ulong)),
    )


def resize(display: str, width: int, height: int) -> None:
    """Make the screen smaller; Xvfb cannot grow beyond the size it began with."""
    connection, randr = Connection(display), load("libXrandr.so.2")
    randr.XRRGetScreenResources.argtypes = [c_void_p, c_ulong]
    randr.XRRGetScreenResources.restype = POINTER(ScreenResources)
    randr.XRRSetCrtcConfig.argtypes = [
        c_void_p, c_void_p, c_ulong, c_ulong, c_int, c_int, c_ulong, ctypes.c_ushort, c_void_p,
        c_int,
    ]  # fmt: skip
    randr.XRRSetScreenSize.argtypes = [c_void_p, c_ulong, c_int, c_int, c_int, c_int]
    resources = randr.XRRGetScreenResources(connection.handle, connection.root).contents
    for index in range(resources.ncrtc):
        crtc = resources.crtcs[index]
        randr.XRRSetCrtcConfig(connection.handle, byref(resources), crtc, 0, 0, 0, 0, 1, None, 0)
    randr.XRRSetScreenSize(connection.handle, connection.root, width, height, 270, 160)
    connection.sync()
    connection.close()
