"""The log lines that were shown with an incident, for its replay: a capped TinyDB beside its journal.

Past the cap the oldest ordinary lines go first, and never a line that is evidence; a note says how many went.
"""

import base64
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from store.errors import Missing
from store.feed import LogEntry
from store.line_rows import pack_line, unpack_line
from store.log_lines import packed, unpacked
from store.rows import Rows
from store.tinydb_storage import JournalDatabase, open_database

CAP_BYTES = 8 * 2**20
"""What an incident's recorded lines may take on disk, evidence apart."""
_TABLE = "lines"
_KEEP = 0.6
_WORTH_PACKING = 16
"""Lines in a batch, from which on it is packed: a storage holds its rows in memory."""

Row = dict[str, Any]


class RecordedLines:
    """Batches of lines, one journal line each. `evidence` gives the texts that must stay."""

    def __init__(
        self, path: Path, cap_bytes: int = CAP_BYTES, evidence: Callable[[], Collection[str]] = frozenset
    ) -> None:
        self._path, self._cap, self._evidence = path, cap_bytes, evidence
        self._limit = cap_bytes
        self._database: JournalDatabase | None = None

    def append(self, entries: Sequence[LogEntry]) -> None:
        """Write a batch. May be called from a thread, one call at a time.

        Raises:
            Unwritable: nothing of it was written.
        """
        if not entries:
            return
        storage = self._open(create=True).journaled
        with storage.writing():
            storage.change(rows={_TABLE: {storage.last_id(_TABLE) + 1: _row(entries)}})
            size = self._path.stat().st_size
            if size > self._limit:
                storage.rewrite({_TABLE: self._trimmed(storage.refresh()[_TABLE], size - int(self._cap * _KEEP))})
                self._limit = max(self._cap, self._path.stat().st_size * 5 // 4)

    def _trimmed(self, rows: Rows, excess: int) -> Rows:
        """Return the rows without the oldest ordinary lines that make up the excess, and say how many went."""
        evidence = frozenset(self._evidence())
        left: Rows = {}
        dropped, last = 0, 0
        keys = iter(sorted(rows))
        for last in keys:
            lines = _lines(rows[last])
            kept = [line for line in lines if line.evidence or not evidence.isdisjoint(line.text.split("\n"))]
            dropped += sum(int(line.text) if line.note == "dropped" else 1 for line in lines) - len(kept)
            if kept:
                left[last] = _row(kept)
            excess -= _size(rows[last]) - _size(left.get(last, {}))
            if excess <= 0:
                break
        if dropped:
            note = LogEntry(None, "", str(dropped), note="dropped")
            left[last] = _row([*_lines(left.get(last, {})), note])
        return {**left, **{key: rows[key] for key in keys}}

    def read(self) -> list[LogEntry]:
        """Return all lines, oldest first.

        Raises:
            Damaged: the file is not what was written.
        """
        try:
            rows = self._open(create=False).journaled.refresh().get(_TABLE, {})
        except Missing:
            return []
        return [line for key in sorted(rows) for line in _lines(rows[key])]

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


def _row(entries: Sequence[LogEntry]) -> Row:
    if len(entries) < _WORTH_PACKING:
        return {"lines": [pack_line(entry) for entry in entries]}
    return {"packed": base64.b64encode(packed(entries)).decode()}


def _lines(row: Row) -> list[LogEntry]:
    if "packed" in row:
        return unpacked(base64.b64decode(row["packed"]))
    return [unpack_line(line) for line in row.get("lines", ())]


def _size(row: Row) -> int:
    """Return about how many bytes a row takes on disk."""
    return len(row["packed"]) if "packed" in row else sum(len(str(line)) for line in row.get("lines", ()))


def in_order(entries: Iterable[LogEntry]) -> list[LogEntry]:
    """Return the lines by their instants; one without an instant stays behind the one before it."""
    ordered: list[tuple[float, int, LogEntry]] = []
    last = 0.0
    for number, entry in enumerate(entries):
        last = entry.at.timestamp() if entry.at else last
        ordered.append((last, number, entry))
    return [entry for _, _, entry in sorted(ordered, key=lambda item: item[:2])]
