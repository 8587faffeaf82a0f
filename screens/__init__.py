"""What is seen: screens that render an incident at a position of its log, and ask for commands."""
