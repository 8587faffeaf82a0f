"""The outside world: for each system a Protocol in our own words and its one live class, side by side."""
