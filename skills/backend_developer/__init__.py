"""The application side: what its own calls to the outside run into."""
