"""Vectors of the wire protocol, read by the tests of both languages; see make.py."""
