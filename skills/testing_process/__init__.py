"""Proof: that what was mended works."""
