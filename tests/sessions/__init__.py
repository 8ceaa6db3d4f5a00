"""Tests of the app of support sessions."""
