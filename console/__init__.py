"""How it is put together: the engine, the command line, the app, and the loopback world."""
