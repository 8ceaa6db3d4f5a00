"""Tests of invoices.exports."""
