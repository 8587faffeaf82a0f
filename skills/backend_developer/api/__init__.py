"""The APIs that the shop depends on."""
