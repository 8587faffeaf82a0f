"""A log of events, an incident's or the desk's: a TinyDB with the tables `events` and `evidence`."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from store.errors import Conflict, StoreError
from store.events import Event
from store.recorded import GENESIS, Break, Recorded, erase_row, read_row, verify_rows, write_row
from store.rows import Rows
from store.tinydb_storage import open_database

EVENTS, EVIDENCE = "events", "evidence"


class EventJournal:
    """A log of events, numbered from 1, each chained to the one before.

    Raises:
        Missing: there is no such file, and `create` is false.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self.database = open_database(path, create=create)
        self._storage = self.database.journaled

    def writing(self) -> AbstractContextManager[object]:
        """Return the lock over a read-modify-write, as a context."""
        return self._storage.writing()

    @property
    def torn(self) -> bool:
        """Whether its end was cut off in a write that never returned, and nobody has written since."""
        return self._storage.journal.torn is not None

    @property
    def unread(self) -> int:
        """How many bytes wait to be read."""
        return self._storage.journal.unread

    def rows(self, table: str = EVENTS) -> Rows:
        """Return a table's rows as the journal tells them (not a copy).

        Raises:
            Damaged: the journal is not what was written.
        """
        return self._storage.refresh().get(table, {})

    def read(self, since: int = 0) -> list[Recorded]:
        """Return the events after number `since`.

        Raises:
            Damaged: the journal is not what was written.
        """
        rows = self.rows()
        return [read_row(seq, rows[seq]) for seq in range(since + 1, self._last() + 1) if seq in rows]

    def first(self) -> Recorded | None:
        """Return the first event, None where nothing was written.

        Raises:
            Damaged: the journal is not what was written.
        """
        rows = self.rows()
        return read_row(1, rows[1]) if 1 in rows else None

    def append(self, events: Sequence[Event], expected: int | None, at: datetime, actor: str) -> list[Recorded]:
        """Append events in one write and return them once they are on disk.

        Raises:
            Conflict: the log does not end at `expected`.
            Unwritable: nothing was written.
        """
        with self._storage.writing() as tables:
            rows, last = tables.get(EVENTS, {}), self._last()
            if expected is not None and last != expected:
                raise self._conflict(rows, last, expected)
            fresh: Rows = {}
            head = rows[last]["hash"] if last else GENESIS
            for seq, event in enumerate(events, last + 1):
                fresh[seq] = write_row(event, seq, at, actor, head)
                head = fresh[seq]["hash"]
            if fresh:
                self._storage.change(rows={EVENTS: fresh})
        return [Recorded(seq, at, actor, event, fresh[seq]["hash"]) for seq, event in zip(fresh, events, strict=True)]

    def _conflict(self, rows: Rows, last: int, expected: int) -> Conflict:
        if last < expected:
            return Conflict(f"{self.path.stem}: the log ends at event {last}, not {expected}", seq=last)
        winner = rows.get(expected + 1, rows[last])
        at = datetime.fromisoformat(winner["at"])
        title = f"{self.path.stem}: event {expected + 1} is written already"
        return Conflict(title, winner=winner["by"], at=at, seq=last)

    def _last(self) -> int:
        return self._storage.last_id(EVENTS)

    def keep(self, text: str) -> str:
        """Keep a captured text whole, once; return its hex SHA-256, which evidence names it by.

        Raises:
            Unwritable: nothing was written.
        """
        digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
        with self._storage.writing() as tables:
            if not any(row["digest"] == digest for row in tables.get(EVIDENCE, {}).values()):
                fresh = {self._storage.last_id(EVIDENCE) + 1: {"digest": digest, "text": text}}
                self._storage.change(rows={EVIDENCE: fresh})
        return digest

    def kept(self, digest: str) -> str | None:
        """Return the captured text of this digest, None where it was not kept."""
        return next((row["text"] for row in self.rows(EVIDENCE).values() if row["digest"] == digest), None)

    def verify(self) -> tuple[str, int, Break | None]:
        """Return the head of the chain, how many events fit, and what breaks it.

        Raises:
            Damaged: a line is not what was written; it names the line.
        """
        with self._storage.writing() as tables:
            head, count, broken = verify_rows(sorted(tables.get(EVENTS, {}).items()))
            if broken is None:
                broken = _evidence_break(tables.get(EVIDENCE, {}), count)
            if broken is None and self._storage.journal.torn:
                broken = Break(count + 1, "the last line was cut off in a write that never returned")
        return head, count, broken

    def erase(self, seqs: Iterable[int] | None = None) -> int:
        """Erase these events' payloads (all, with the evidence, for None); the chain still verifies.

        The file is rewritten, so that the old bytes are gone. Returns how many were erased.

        Raises:
            Unwritable: everything is as it was.
        """
        with self._storage.writing() as tables:
            rows = tables.get(EVENTS, {})
            wanted = [seq for seq in (rows if seqs is None else seqs) if "event" in rows.get(seq, {})]
            evidence = tables.get(EVIDENCE, {}) if seqs is not None else {}
            if wanted or len(evidence) != len(tables.get(EVIDENCE, {})):
                erased = {seq: erase_row(rows[seq]) for seq in wanted}
                self._storage.rewrite({**tables, EVENTS: {**rows, **erased}, EVIDENCE: evidence})
        return len(wanted)

    def take_in(self, rows: Rows, evidence: Rows) -> None:
        """Write the rows of another machine's journal into this empty one, in one line.

        Raises:
            StoreError: it is not empty.
            Unwritable: nothing was written.
        """
        with self._storage.writing() as tables:
            if tables.get(EVENTS):
                raise StoreError(f"{self.path.stem} is here already")
            self._storage.change(rows={EVENTS: rows, EVIDENCE: evidence} if evidence else {EVENTS: rows})

    def close(self) -> None:
        """Close the file."""
        self.database.close()


def _evidence_break(rows: Rows, count: int) -> Break | None:
    for row in rows.values():
        if hashlib.sha256(row["text"].encode(errors="surrogatepass")).hexdigest() != row["digest"]:
            return Break(count + 1, f"evidence {row['digest'][:12]} is not what was captured")
    return None
