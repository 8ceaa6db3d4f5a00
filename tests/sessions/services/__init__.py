"""Tests of what changes sessions."""
