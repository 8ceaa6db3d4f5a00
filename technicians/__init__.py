"""The people who log in: technicians and office."""
