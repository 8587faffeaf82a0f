"""TinyDB over a journal: its two supported extension points, `Storage` and `Table`.

The tables live in memory as the journal tells them; a change is one line with the rows it touches, so
that a row costs a row. Reads and writes of other processes are seen because every operation first
reads what is fresh; the query cache, which is blind to them, is off.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from store.journal import Journal
from store.rows import Rows, TouchedRows, own


class JournalStorage(Storage):
    """Tables in memory, changes in a journal."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        super().__init__()
        self.journal = Journal(path, create=create)
        self._tables: dict[str, Rows] = {}
        self._last: dict[str, int] = {}

    def last_id(self, table: str) -> int:
        """Return the highest id in a table, 0 where it is empty."""
        if table not in self._last:
            self._last[table] = max(self._tables.get(table, ()), default=0)
        return self._last[table]

    def refresh(self) -> dict[str, Rows]:
        """Read what is fresh and return the live tables (not a copy)."""
        with self.journal.guard:
            started, payloads = self.journal.fresh()
            if started:
                self._tables, self._last = {}, {}
            for payload in payloads:
                self._apply(payload)
            return self._tables

    @contextmanager
    def writing(self) -> Iterator[dict[str, Rows]]:
        """Hold the lock over a read-modify-write; gives the live tables as they stand under it."""
        with self.journal.locked():
            yield self.refresh()

    def _apply(self, payload: Mapping[str, Any]) -> None:
        for name in payload.get("dropped", ()):
            self._tables.pop(name, None)
            self._last.pop(name, None)
        for name, rows in payload.get("set", {}).items():
            typed = {int(key): row for key, row in rows.items()}
            last = max(self.last_id(name), max(typed, default=0))
            self._tables.setdefault(name, {}).update(typed)
            self._last[name] = last
        for name, keys in payload.get("removed", {}).items():
            for key in keys:
                self._tables.get(name, {}).pop(key, None)
            if self._last.get(name) in keys:
                del self._last[name]

    def change(
        self, *, rows: Mapping[str, Rows] | None = None, removed: Mapping[str, Iterable[int]] | None = None
    ) -> None:
        """Append one line with the rows of each table that were set and removed, and apply it.

        The caller is within `writing`. The rows become the storage's own, and are JSON as JSON gives it back.

        Raises:
            Unwritable: nothing was written, and the tables are as they were.
        """
        payload: dict[str, Any] = {}
        if rows:
            payload["set"] = {name: {str(key): row for key, row in table.items()} for name, table in rows.items()}
        if removed := {name: list(keys) for name, keys in (removed or {}).items() if keys}:
            payload["removed"] = removed
        if payload:
            self.journal.append(payload)
            self._apply(payload)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return all tables, as TinyDB's interface wants them: a copy that its caller may change."""
        tables = self.refresh()
        return {name: {str(key): own(row) for key, row in rows.items()} for name, rows in tables.items()} or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace everything, as TinyDB's interface wants it: only the difference is appended."""
        with self.writing() as old:
            payload: dict[str, Any] = {"dropped": [name for name in old if name not in data], "set": {}, "removed": {}}
            for name, rows in data.items():
                mine = old.get(name, {})
                new = {int(key): own(row) for key, row in rows.items()}
                changed = {str(key): row for key, row in new.items() if mine.get(key) != row}
                if changed or name not in old:
                    payload["set"][name] = changed
                if gone := [key for key in mine if key not in new]:
                    payload["removed"][name] = gone
            if any(payload.values()):
                self.journal.append(payload)
                self._apply(payload)

    def rewrite(self, tables: Mapping[str, Rows]) -> None:
        """Put a new file with these tables, a line a row, in the journal's place. The caller is within `writing`.

        Raises:
            Unwritable: everything is as it was.
        """
        empty: list[dict[str, Any]] = [{"set": {name: {}}} for name, rows in tables.items() if not rows]
        filled = ({"set": {name: {str(key): row}}} for name, rows in tables.items() for key, row in rows.items())
        self.journal.replace([*empty, *filled])
        self._tables, self._last = {name: dict(rows) for name, rows in tables.items()}, {}

    def compact(self) -> None:
        """Rewrite the journal with the rows that are left."""
        with self.writing() as tables:
            self.rewrite(tables)

    def close(self) -> None:
        """Close the file."""
        self.journal.close()


class JournalTable(Table):
    """A table whose writes are one journal line each, under the journal's lock."""

    default_query_cache_capacity = 0
    _next_id: int | None  # type: ignore[assignment]  # TinyDB's own says None only

    @property
    def _journaled(self) -> JournalStorage | None:
        """The storage below, where it is ours directly and no middleware lies between."""
        return self._storage if isinstance(self._storage, JournalStorage) else None

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a document as one line, without building the table; its id is picked under the lock."""
        if self._journaled is None:
            return super().insert(document)
        if isinstance(document, Document):
            self._next_id = None
        return self.insert_multiple([document])[0]

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert documents in one line; their ids are picked under the lock."""
        storage = self._journaled
        if storage is None:
            return super().insert_multiple(documents)
        with storage.writing() as tables:
            table = tables.get(self.name, {})
            rows: Rows = {}
            for document in documents:
                if not isinstance(document, Mapping):
                    raise ValueError("Document is not a Mapping")  # noqa: TRY004 TinyDB's own
                given = isinstance(document, Document)
                key = document.doc_id if isinstance(document, Document) else self._free_id(storage, rows)
                if given and (key in rows or key in table):
                    raise ValueError(f"Document with ID {key} already exists")
                rows[key] = own(dict(document))
            storage.change(rows={self.name: rows})
        return list(rows)

    def _free_id(self, storage: JournalStorage, fresh: Rows) -> int:
        """TinyDB's rule (one above the highest, and never one that this table gave out), whoever else writes."""
        given: int | None = self._next_id
        highest = storage.last_id(self.name)
        free = max(highest, *fresh, 0) + 1 if given is None else max(given, highest + 1)
        self._next_id = free + 1
        return free

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        if self._journaled is None:
            return super()._read_table()
        rows = self._journaled.refresh().get(self.name, {})
        return {str(key): own(row) for key, row in rows.items()}

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        storage = self._journaled
        if storage is None:
            super()._update_table(updater)
            return
        with storage.writing() as tables:
            draft = TouchedRows(tables.get(self.name, {}))
            updater(cast("dict[int, Mapping[str, Any]]", draft))
            changed, removed = draft.changed(), draft.removed()
            new = self.name not in tables
            storage.change(rows={self.name: changed} if changed or new else None, removed={self.name: removed})
        self.clear_cache()


class JournalDatabase(TinyDB):
    """A TinyDB whose tables are kept in a journal."""

    table_class = JournalTable
    default_storage_class = JournalStorage  # type: ignore[assignment]  # TinyDB types it by its default

    @property
    def journaled(self) -> JournalStorage:
        """The storage, as what it is."""
        return cast("JournalStorage", self.storage)


def open_database(path: Path, *, create: bool = True) -> JournalDatabase:
    """Open a database.

    Raises:
        Missing: there is no such file, and `create` is false.
        Unwritable: it can be neither made nor read.
    """
    return JournalDatabase(path, create=create)
