"""Tests of the wire protocol: vectors first, then what vectors cannot say."""
