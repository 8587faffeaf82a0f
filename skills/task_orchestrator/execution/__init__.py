"""Handing tasks over."""
