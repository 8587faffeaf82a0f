"""The log lines that were shown with an incident, for its replay: a capped TinyDB beside its journal.

Past the cap the oldest ordinary lines go first, and never a line that is evidence.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from store.feed import LogEntry
from store.tinydb_storage import Rows, open_database, storage_of

CAP_BYTES = 8 * 2**20
_TABLE = "lines"
_KEEP = 0.6


class RecordedLines:
    """Batches of lines, one journal line each."""

    def __init__(self, path: Path, cap_bytes: int = CAP_BYTES) -> None:
        self._path, self._cap = path, cap_bytes

    def append(self, entries: Sequence[LogEntry]) -> None:
        """Write a batch.

        Raises:
            Unwritable: nothing of it was written.
        """
        if not entries:
            return
        database = open_database(self._path)
        storage = storage_of(database)
        try:
            with storage.journal.locked():
                storage.refresh()
                storage.change(rows={_TABLE: {storage.last_id(_TABLE, {}) + 1: {"lines": [_pack(e) for e in entries]}}})
                if self._path.stat().st_size > self._cap:
                    self._trim(storage.refresh()[_TABLE])
                    storage.compact()
        finally:
            database.close()

    def _trim(self, rows: Rows) -> None:
        """Drop the oldest ordinary lines until what is left takes its share of the cap."""
        excess = self._path.stat().st_size - int(self._cap * _KEEP)
        for key in sorted(rows):
            if excess <= 0:
                return
            lines = rows[key]["lines"]
            kept = [line for line in lines if line[4]]
            excess -= sum(len(line[2]) + 60 for line in lines if not line[4])
            if kept:
                rows[key]["lines"] = kept
            else:
                del rows[key]

    def read(self) -> list[LogEntry]:
        """Return all lines, oldest first."""
        if not self._path.exists():
            return []
        database = open_database(self._path, create=False)
        try:
            rows = storage_of(database).refresh().get(_TABLE, {})
            return [_unpack(line) for key in sorted(rows) for line in rows[key]["lines"]]
        finally:
            database.close()


def _pack(entry: LogEntry) -> list[Any]:
    at = entry.at.isoformat() if entry.at else None
    return [at, entry.pod, entry.text, entry.level, entry.evidence, entry.gap]


def _unpack(line: Sequence[Any]) -> LogEntry:
    at, pod, text, level, evidence, gap = line
    return LogEntry(datetime.fromisoformat(at) if at else None, pod, text, level, evidence, gap)


def in_order(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """Return the lines by their instants; one without an instant stays behind the one before it."""
    ordered: list[tuple[float, int, LogEntry]] = []
    last = 0.0
    for number, entry in enumerate(entries):
        last = entry.at.timestamp() if entry.at else last
        ordered.append((last, number, entry))
    return [entry for _, _, entry in sorted(ordered, key=lambda item: item[:2])]
