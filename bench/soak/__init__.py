"""Random real use for as long as wanted, with the picture compared at every rest."""
