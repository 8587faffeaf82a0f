"""Where an incident stands in the queue, its ticket, and who gets it."""
