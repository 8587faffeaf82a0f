"""The cache of summaries, in a TinyDB of its own: written behind, rebuilt where it is stale, missing or damaged."""

from contextlib import suppress
from pathlib import Path

from tinydb import TinyDB

from store.errors import Damaged, StoreError
from store.summary import Summary, from_row, to_row
from store.tinydb_storage import Rows, open_database, storage_of

_TABLE = "summaries"
_SLACK = 4
"""How often rows may have been rewritten, on average, before the file is compacted."""


class SummaryCache:
    """Summaries by incident. Reading costs what is new; a cache that can't be written is only slower."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: TinyDB | None = None
        self._known: dict[str, tuple[int, Summary]] = {}
        self._parsed: dict[int, int] = {}

    def get(self, incident: str) -> Summary | None:
        """Return an incident's summary as it was last written."""
        found = self._known.get(incident)
        return found[1] if found else None

    def refresh(self) -> None:
        """Read what other sessions have written."""
        with suppress(StoreError):
            try:
                rows = self._rows()
            except Damaged:
                self._path.unlink(missing_ok=True)
                self._database = None
                return
            for key, row in rows.items():
                if self._parsed.get(key) != id(row):
                    self._parsed[key] = id(row)
                    self._known[row["incident"]] = (key, from_row(row))

    def _rows(self) -> Rows:
        if self._database is None:
            if not self._path.exists():
                return {}
            self._database = open_database(self._path)
        return storage_of(self._database).refresh().get(_TABLE, {})

    def put(self, summaries: list[Summary]) -> None:
        """Write summaries in one line."""
        with suppress(StoreError):
            if self._database is None:
                self._database = open_database(self._path)
            storage = storage_of(self._database)
            with storage.journal.locked():
                storage.refresh()
                fresh: Rows = {}
                for summary in summaries:
                    known = self._known.get(summary.incident)
                    key = known[0] if known else storage.last_id(_TABLE, fresh) + 1
                    fresh[key] = to_row(summary)
                    self._known[summary.incident] = (key, summary)
                storage.change(rows={_TABLE: fresh})
                if storage.journal.lines > _SLACK * (len(self._known) + 16):
                    storage.compact()
        for summary in summaries:
            self._known.setdefault(summary.incident, (0, summary))
