"""Messages to clients and teams."""
