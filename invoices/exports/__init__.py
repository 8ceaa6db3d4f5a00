"""The month as files for the bookkeeper."""
