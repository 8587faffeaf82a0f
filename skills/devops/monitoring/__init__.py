"""Looking: logs, alerts, health, and what was lost."""
