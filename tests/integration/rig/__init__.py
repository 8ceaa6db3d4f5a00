"""What the integration tests and the benchmarks are set up from: screens, servers, browsers."""
