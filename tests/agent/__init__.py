"""The customer's program, on real X servers and real sockets."""
