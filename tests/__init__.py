"""The tests mirror the source; tests/integration drives the real programs."""
