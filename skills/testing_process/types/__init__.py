"""The kinds of test there are."""
