"""Tests of its pure rules."""
