"""TinyDB over a journal: its two supported extension points, `Storage` and `Table`.

The tables live in memory as the journal tells them; a change is one line with the rows it touches, so
that a row costs a row. Reads and writes of other processes are seen because every operation first
reads what is fresh; the query cache, which is blind to them, is off.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from store.journal import Journal

Rows = dict[int, dict[str, Any]]


class JournalStorage(Storage):
    """Tables in memory, changes in a journal."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        super().__init__()
        self.journal = Journal(path, create=create)
        self._tables: dict[str, Rows] = {}
        self._last: dict[str, int] = {}

    def last_id(self, table: str, fresh: Mapping[int, Any]) -> int:
        """Return the highest id that the table ever had, those not yet written included."""
        return max(self._last.get(table, 0), next(reversed(fresh), 0)) if fresh else self._last.get(table, 0)

    def forget_ids(self, table: str) -> None:
        """Let a table's ids start again from 1."""
        self._last.pop(table, None)

    def refresh(self) -> dict[str, Rows]:
        """Read what is fresh and return the live tables (not a copy)."""
        started, payloads = self.journal.fresh()
        if started:
            self._tables, self._last = {}, {}
        for payload in payloads:
            self._apply(payload)
        return self._tables

    def _apply(self, payload: dict[str, Any]) -> None:
        for name in payload.get("dropped", ()):
            self._tables.pop(name, None)
            self._last.pop(name, None)
        for name, rows in payload.get("set", {}).items():
            typed = {int(key): row for key, row in rows.items()}
            self._tables.setdefault(name, {}).update(typed)
            self._last[name] = max(self._last.get(name, 0), max(typed, default=0))
        for name, keys in payload.get("removed", {}).items():
            table = self._tables.get(name, {})
            for key in keys:
                table.pop(key, None)

    def change(
        self, *, rows: Mapping[str, Rows] | None = None, removed: Mapping[str, Iterable[int]] | None = None
    ) -> None:
        """Append one line with the rows of each table that were set and removed, and apply it.

        The caller holds the journal's lock and has refreshed.
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
        return {name: {str(key): dict(row) for key, row in rows.items()} for name, rows in tables.items()} or None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace everything, as TinyDB's interface wants it: only the difference is appended."""
        with self.journal.locked():
            old = self.refresh()
            payload: dict[str, Any] = {"dropped": [name for name in old if name not in data]}
            payload["set"], payload["removed"] = {}, {}
            for name, rows in data.items():
                mine = old.get(name, {})
                new = {int(key): dict(row) for key, row in rows.items()}
                changed = {str(key): row for key, row in new.items() if mine.get(key) != row}
                if changed or name not in old:
                    payload["set"][name] = changed
                if gone := [key for key in mine if key not in new]:
                    payload["removed"][name] = gone
            if any(payload.values()):
                self.journal.append(payload)
                self._apply(payload)

    def compact(self) -> None:
        """Rewrite the journal with the rows that are left."""
        with self.journal.locked():
            tables = self.refresh()
            sets = {name: {str(key): row for key, row in rows.items()} for name, rows in tables.items()}
            self.journal.replace([{"set": sets}] if sets else [])

    def close(self) -> None:
        """Close the file."""
        self.journal.close()


class _Touched(dict[int, Mapping[str, Any]]):
    """A table handed to an updater: remembers which rows it may have changed."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.copies: Rows = {}

    def __getitem__(self, key: int) -> Mapping[str, Any]:
        if key not in self.copies and super().__contains__(key):
            self.copies[key] = dict(super().__getitem__(key))
            super().__setitem__(key, Document(self.copies[key], key))
            return super().__getitem__(key)
        return super().__getitem__(key)

    def items(self) -> Any:
        return [(key, self[key]) for key in self]

    def values(self) -> Any:
        return [self[key] for key in self]


class JournalTable(Table):
    """A table whose writes are one journal line each, under the journal's lock."""

    default_query_cache_capacity = 0

    @property
    def journal(self) -> Journal | None:
        """The journal below, where this table's storage is ours directly and no middleware lies between."""
        return self._storage.journal if isinstance(self._storage, JournalStorage) else None

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a document as one line, without building the table."""
        if self.journal is None:
            return super().insert(document)
        return self.insert_multiple([document])[0]

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert documents in one line; their ids are picked under the lock."""
        if self.journal is None:
            return super().insert_multiple(documents)
        storage = cast("JournalStorage", self._storage)
        with self.journal.locked():
            table = storage.refresh().get(self.name, {})
            rows: Rows = {}
            for document in documents:
                if not isinstance(document, Mapping):
                    raise ValueError("Document is not a Mapping")  # noqa: TRY004 TinyDB's own
                key = document.doc_id if isinstance(document, Document) else storage.last_id(self.name, rows) + 1
                if key in rows or key in table:
                    raise ValueError(f"Document with ID {key} already exists")
                rows[key] = dict(document)
            storage.change(rows={self.name: rows})
        return list(rows)

    def truncate(self) -> None:
        """Remove every document; ids start again from 1."""
        super().truncate()
        if self.journal is not None:
            cast("JournalStorage", self._storage).forget_ids(self.name)

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        if self.journal is None:
            return super()._read_table()
        rows = cast("JournalStorage", self._storage).refresh().get(self.name, {})
        return cast("dict[str, Mapping[str, Any]]", {str(key): dict(row) for key, row in rows.items()})

    def _update_table(self, updater: Callable[[dict[int, Mapping[str, Any]]], None]) -> None:
        if self.journal is None:
            super()._update_table(updater)
            return
        storage = cast("JournalStorage", self._storage)
        with self.journal.locked():
            old = storage.refresh().get(self.name, {})
            touched = _Touched(old)
            updater(touched)
            changed = {key: dict(row) for key, row in _changed(old, touched)}
            storage.change(
                rows={self.name: changed} if changed or not old else None,
                removed={self.name: [key for key in old if key not in touched]},
            )
        self.clear_cache()


def _changed(old: Rows, new: _Touched) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for key in new:
        row = dict.__getitem__(new, key)
        if key not in old or (row is not old[key] and dict(row) != old[key]):
            yield key, row


def open_database(path: Path, *, create: bool = True) -> TinyDB:
    """Open a TinyDB database whose tables are kept in a journal."""
    database = TinyDB(path, storage=JournalStorage, create=create)
    database.table_class = JournalTable
    return database


def storage_of(database: TinyDB) -> JournalStorage:
    """Return the database's storage."""
    return cast("JournalStorage", database.storage)
