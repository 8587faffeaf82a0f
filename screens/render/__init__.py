"""Value → lines: what each pane says, as pure functions of a snapshot."""
