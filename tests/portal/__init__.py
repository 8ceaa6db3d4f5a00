"""Tests of the app portal."""
