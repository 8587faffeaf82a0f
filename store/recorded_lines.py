"""The log lines that were shown with an incident, for its replay: a capped TinyDB beside its journal.

Past the cap the oldest ordinary lines go first, and never a line that is evidence.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from store.errors import Missing
from store.feed import LogEntry
from store.rows import Rows
from store.tinydb_storage import JournalDatabase, open_database

CAP_BYTES = 8 * 2**20
"""What an incident's recorded lines may take on disk, evidence apart."""
_TABLE = "lines"
_KEEP = 0.6
_FRAMING = 60
"""Bytes that a line takes beside its text, about."""
_OLD_NOTES = {False: "", True: "cut"}
"""Files of the first format say only whether lines are missing."""


class RecordedLines:
    """Batches of lines, one journal line each. `evidence` gives the texts that must stay."""

    def __init__(
        self, path: Path, cap_bytes: int = CAP_BYTES, evidence: Callable[[], Collection[str]] = frozenset
    ) -> None:
        self._path, self._cap, self._evidence = path, cap_bytes, evidence
        self._limit = cap_bytes
        self._database: JournalDatabase | None = None

    def append(self, entries: Sequence[LogEntry]) -> None:
        """Write a batch.

        Raises:
            Unwritable: nothing of it was written.
        """
        if not entries:
            return
        storage = self._open(create=True).journaled
        with storage.writing():
            storage.change(rows={_TABLE: {storage.last_id(_TABLE) + 1: {"lines": [pack_line(e) for e in entries]}}})
            size = self._path.stat().st_size
            if size > self._limit:
                storage.rewrite({_TABLE: self._trimmed(storage.refresh()[_TABLE], size - int(self._cap * _KEEP))})
                self._limit = max(self._cap, self._path.stat().st_size * 5 // 4)

    def _trimmed(self, rows: Rows, excess: int) -> Rows:
        """Return the rows without the oldest ordinary lines that make up the excess."""
        evidence = frozenset(self._evidence())
        left: Rows = {}
        for key in sorted(rows):
            kept = []
            for line in rows[key]["lines"]:
                if excess > 0 and not line[4] and line[2] not in evidence:
                    excess -= len(line[2].encode(errors="replace")) + _FRAMING
                else:
                    kept.append(line)
            if kept:
                left[key] = {"lines": kept}
        return left

    def read(self) -> list[LogEntry]:
        """Return all lines, oldest first.

        Raises:
            Damaged: the file is not what was written.
        """
        try:
            rows = self._open(create=False).journaled.refresh().get(_TABLE, {})
        except Missing:
            return []
        return [unpack_line(line) for key in sorted(rows) for line in rows[key]["lines"]]

    def _open(self, *, create: bool) -> JournalDatabase:
        if self._database is None:
            self._database = open_database(self._path, create=create)
        return self._database

    def erase(self) -> None:
        """Remove the file."""
        self.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None


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


def in_order(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """Return the lines by their instants; one without an instant stays behind the one before it."""
    ordered: list[tuple[float, int, LogEntry]] = []
    last = 0.0
    for number, entry in enumerate(entries):
        last = entry.at.timestamp() if entry.at else last
        ordered.append((last, number, entry))
    return [entry for _, _, entry in sorted(ordered, key=lambda item: item[:2])]
