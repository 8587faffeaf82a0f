"""Secrets: where they lie, and how a new one gets there."""
