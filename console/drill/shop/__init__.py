"""The client's shop: it takes payments with whatever key its pods were started with."""
