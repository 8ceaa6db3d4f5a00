"""Tests of the benchmarks: what they show and what they conclude."""
