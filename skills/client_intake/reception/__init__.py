"""Bytes from a mailbox become a `Mail`: total, linear, nothing opened."""
