"""Every parser that reads what the other end or the network sent, under random input."""
