"""Tests of settings, checks and the processes."""
