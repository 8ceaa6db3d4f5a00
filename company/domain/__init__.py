"""Pure rules: no Django in here."""
