"""The electronic invoice."""
