"""Tests of invoices.services."""
