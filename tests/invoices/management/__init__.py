"""Tests of invoices.management."""
