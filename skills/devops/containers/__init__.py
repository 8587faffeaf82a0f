"""Containers: whether they are well, and how they are rolled out anew."""
