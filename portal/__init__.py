"""Pages that several apps share: public page and homes."""
