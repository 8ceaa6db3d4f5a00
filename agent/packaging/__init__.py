"""Making the file that the customer downloads."""
