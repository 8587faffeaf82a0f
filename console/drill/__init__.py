"""The loopback world: servers that speak the real protocols on 127.0.0.1, for demo, training and tests."""
