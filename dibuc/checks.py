"""Named system checks: a wrong setting stops the start with an explanation."""
