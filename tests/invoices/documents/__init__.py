"""Tests of invoices.documents."""
