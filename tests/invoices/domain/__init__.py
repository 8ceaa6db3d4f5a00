"""Tests of invoices.domain."""
