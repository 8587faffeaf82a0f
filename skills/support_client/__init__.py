"""The client's side of an incident."""
