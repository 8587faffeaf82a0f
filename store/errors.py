"""What can be wrong with the store: one clear line that says what, where and what to do.

StoreError
├── Missing     there is no such incident or file
├── Damaged     a journal's bytes are not what was written
├── Conflict    another session was faster
└── Unwritable  full disk, read-only directory, no permission
"""

from datetime import datetime


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
    """Another session was faster: who (`winner`) and when (`at`); `seq` is where the log now ends."""

    def __init__(self, title: str, *, winner: str = "", at: datetime | None = None, seq: int = 0) -> None:
        when = f" at {at.isoformat(timespec='seconds')}" if at else ""
        super().__init__(title, f"by {winner}{when}" if winner else "", "read the log again")
        self.winner, self.at, self.seq = winner, at, seq


class Unwritable(StoreError):
    """Nothing was written: full disk, read-only directory, no permission."""
