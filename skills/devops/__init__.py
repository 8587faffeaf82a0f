"""The operations side: what runs, what it says, what it holds, and how that is changed."""
