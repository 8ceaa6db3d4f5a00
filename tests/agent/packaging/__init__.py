"""Tests of the customer's program."""
