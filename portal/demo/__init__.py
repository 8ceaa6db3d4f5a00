"""A believable shop to try everything with, the same each time for the same seed."""
