"""The people and businesses that are helped."""
