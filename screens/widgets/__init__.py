"""Widgets of the line API: they send what differs from what was painted, and nothing else."""
