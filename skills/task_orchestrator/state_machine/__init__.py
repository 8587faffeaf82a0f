"""Tasks and what becomes of them."""
