"""Which keys a screen believes to be down."""

from ctypes import c_char, c_void_p, create_string_buffer

from agent.xlib import Connection


def held_keys(display: str) -> list[int]:
    """Return the keycodes that are down on an X display."""
    connection = Connection(display)
    connection.x11.XQueryKeymap.argtypes = [c_void_p, c_char * 32]
    keys = create_string_buffer(32)
    connection.x11.XQueryKeymap(connection.handle, keys)
    connection.close()
    return [code for code in range(256) if keys.raw[code // 8] >> (code % 8) & 1]
