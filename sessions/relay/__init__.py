"""The relay: admission, pairing and the plain loop that carries the frames."""
