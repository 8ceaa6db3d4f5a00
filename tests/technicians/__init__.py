"""Tests of the app technicians."""
