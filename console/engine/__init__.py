"""The core under every front end: phases as data, pure decisions, one thin shell that acts."""
