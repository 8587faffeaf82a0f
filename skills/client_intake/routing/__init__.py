"""A reading finds its place: the open incident that it belongs to, or a new one."""
