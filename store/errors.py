"""What can be wrong with the store: one clear line that says what, where and what to do.

StoreError
├── Missing     there is no such incident or file
├── Damaged     a journal's bytes are not what was written
├── Conflict    another session was faster
└── Unwritable  full disk, read-only directory, no permission
"""


class StoreError(Exception):
    """What, where, and what to do."""

    def __init__(self, title: str, detail: str = "", hint: str = "") -> None:
        super().__init__("; ".join(part for part in (": ".join(p for p in (title, detail) if p), hint) if part))
        self.title, self.detail, self.hint = title, detail, hint


class Missing(StoreError):
    """There is no such incident or file."""


class Damaged(StoreError):
    """A journal's bytes are not what was written; `line` is 1-based."""

    def __init__(self, title: str, detail: str = "", hint: str = "", *, line: int = 0) -> None:
        super().__init__(title, detail, hint)
        self.line = line


class Conflict(StoreError):
    """Another session has appended since: `winner` is its author, `seq` where the log now ends."""

    def __init__(self, title: str, *, winner: str = "", seq: int = 0) -> None:
        super().__init__(title, f"by {winner}" if winner else "", "read the log again")
        self.winner, self.seq = winner, seq


class Unwritable(StoreError):
    """Nothing was written: full disk, read-only directory, no permission."""
