"""Filters for money and time in templates."""
