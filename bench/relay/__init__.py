"""What a frame costs the relay, beside a bare relay on the `websockets` library."""
