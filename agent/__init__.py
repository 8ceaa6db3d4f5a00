"""The customer's program: shows ID and password, shares the screen while it is watched.

It ships alone, without Django or anything of the server.
"""

__version__ = "0.1.0"
