"""The viewer's scripts, run by node."""
