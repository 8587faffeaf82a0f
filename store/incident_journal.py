"""One incident's database: a TinyDB with the table `events`, followed and appended to."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from store.errors import Conflict
from store.events import Event
from store.recorded import GENESIS, Break, Recorded, read_row, verify_rows, write_row
from store.tinydb_storage import Rows, open_database, storage_of

_EVENTS = "events"


class EventJournal:
    """A log of events: an incident's or the desk's."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self.database = open_database(path, create=create)
        self._storage = storage_of(self.database)

    def rows(self) -> Rows:
        """Return the events' rows as the journal tells them."""
        return self._storage.refresh().get(_EVENTS, {})

    def read(self, since: int = 0) -> list[Recorded]:
        """Return the events after number `since`.

        Raises:
            Damaged: the journal is not what was written.
        """
        rows = self.rows()
        return [read_row(seq, rows[seq]) for seq in range(since + 1, len(rows) + 1)]

    def append(self, events: Sequence[Event], expected: int | None, at: datetime, actor: str) -> list[Recorded]:
        """Append events in one write and return them once they are on disk.

        Raises:
            Conflict: the log does not end at `expected`.
            Unwritable: nothing was written.
        """
        with self._storage.journal.locked():
            rows = self.rows()
            if expected is not None and len(rows) != expected:
                winner = rows[len(rows)]["by"] if len(rows) > expected else ""
                raise Conflict(f"{self.path.stem}: the log goes on to event {len(rows)}", winner=winner, seq=len(rows))
            fresh: Rows = {}
            head = rows[len(rows)]["hash"] if rows else GENESIS
            for seq, event in enumerate(events, len(rows) + 1):
                fresh[seq] = write_row(event, seq, at, actor, head)
                head = fresh[seq]["hash"]
            self._storage.change(rows={_EVENTS: fresh})
        return [Recorded(seq, at, actor, event, fresh[seq]["hash"]) for seq, event in zip(fresh, events, strict=True)]

    def verify(self) -> tuple[str, int, Break | None]:
        """Return the head of the chain, how many events fit, and what breaks it."""
        head, count, broken = verify_rows(self.rows().items())
        if broken is None and self._storage.journal.torn:
            broken = Break(count + 1, "the last line was cut off in a write that never returned")
        return head, count, broken

    def replace(self, rows: Rows) -> None:
        """Set rows anew (an erasure); the journal is rewritten so that the old bytes are gone."""
        with self._storage.journal.locked():
            self._storage.change(rows={_EVENTS: rows})
            self._storage.compact()

    def close(self) -> None:
        """Close the file."""
        self._storage.close()
