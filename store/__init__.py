"""What is known: events, the values they carry, the fold that reads them, and the journals that keep them."""
