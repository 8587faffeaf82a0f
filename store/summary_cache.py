"""The cache of summaries, in a TinyDB of its own: written behind, rebuilt where it is stale, missing or damaged."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from store.errors import Damaged, StoreError
from store.rows import Rows
from store.summary import Summary, from_row, to_row
from store.tinydb_storage import JournalDatabase, open_database

_TABLE = "summaries"
_SLACK = 4
"""How often rows may have been rewritten, on average, before the file is compacted."""


class SummaryCache:
    """Summaries by incident. Reading costs what is new; a cache that can't be written is only slower."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: JournalDatabase | None = None
        self._known: dict[str, Summary] = {}
        self._keys: dict[str, int] = {}
        self._rows: dict[int, dict[str, Any]] = {}

    def get(self, incident: str) -> Summary | None:
        """Return an incident's summary as it was last written."""
        return self._known.get(incident)

    def refresh(self) -> None:
        """Read what other sessions have written."""
        with suppress(StoreError):
            if self._database is None and not self._path.exists():
                return
            try:
                self._take(self._open().journaled.refresh().get(_TABLE, {}))
            except (Damaged, KeyError, ValueError, TypeError):
                self._start_over()

    def _open(self) -> JournalDatabase:
        if self._database is None:
            self._database = open_database(self._path)
        return self._database

    def _take(self, rows: Rows) -> None:
        for key, row in rows.items():
            if self._rows.get(key) is not row:
                summary = from_row(row)
                self._rows[key], self._known[summary.incident] = row, summary
                self._keys[summary.incident] = key

    def _start_over(self) -> None:
        self.close()
        self._path.unlink(missing_ok=True)
        self._known, self._keys, self._rows = {}, {}, {}

    def put(self, summaries: Sequence[Summary]) -> None:
        """Write summaries in one line."""
        self._known.update({summary.incident: summary for summary in summaries})
        with suppress(StoreError):
            storage = self._open().journaled
            with storage.writing() as tables:
                self._take(tables.get(_TABLE, {}))
                last = storage.last_id(_TABLE)
                fresh: Rows = {}
                for summary in summaries:
                    if (key := self._keys.get(summary.incident)) is None:
                        last = key = last + 1
                    fresh[key] = to_row(summary)
                storage.change(rows={_TABLE: fresh})
                self._take(storage.refresh()[_TABLE])
                if storage.journal.lines > _SLACK * (len(self._known) + 16):
                    storage.compact()

    def drop(self, incidents: Collection[str]) -> None:
        """Forget incidents, and rewrite the file so that their bytes are gone.

        Raises:
            Unwritable: the file is as it was.
        """
        for incident in incidents:
            self._known.pop(incident, None)
            self._rows.pop(self._keys.pop(incident, 0), None)
        if not self._path.exists():
            return
        storage = self._open().journaled
        with storage.writing() as tables:
            kept = {key: row for key, row in tables.get(_TABLE, {}).items() if row["incident"] not in incidents}
            storage.rewrite({_TABLE: kept})

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None
