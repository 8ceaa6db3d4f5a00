"""Tests of the ground floor: company, tariffs, audit log."""
