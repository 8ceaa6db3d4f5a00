"""Tests of invoices.views."""
