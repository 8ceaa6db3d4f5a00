"""Bytes, CPU and latency of the screen, beside a peer doing the same work in the same run."""
