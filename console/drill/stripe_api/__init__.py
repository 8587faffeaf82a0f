"""Stripe on loopback: the shapes, headers and refusals of https://docs.stripe.com/api, version 2024-12-18.acacia."""
