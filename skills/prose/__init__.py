"""Incidents put into words: mails, alerts, documents. Pure: an incident in, text out."""
