"""A log line as JSON: as it stands in the recorded lines, in a replay file, and packed in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from store.feed import LogEntry

_OLD_NOTES = {False: "", True: "cut"}
"""Files of the first format say only whether lines are missing."""


def pack_line(entry: LogEntry) -> list[Any]:
    """Return a line as JSON."""
    since = [entry.since.isoformat()] if entry.since else []
    return [
        entry.at.isoformat() if entry.at else None,
        entry.pod,
        entry.text,
        entry.level,
        entry.evidence,
        entry.note,
        *since,
    ]


def unpack_line(line: Sequence[Any]) -> LogEntry:
    """Return the line that JSON tells of.

    Raises:
        ValueError, TypeError: it tells of none.
    """
    at, pod, text, level, evidence, note, *since = line
    note = _OLD_NOTES.get(note, note)
    return LogEntry(_instant(at), pod, text, level, evidence, note, _instant(*since))


def _instant(written: str | None = None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
