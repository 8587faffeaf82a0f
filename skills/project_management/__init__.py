"""What is said about an incident: to the client, to the agency, for the next time."""
