"""Tests that drive real programs: browser, agent, servers."""
