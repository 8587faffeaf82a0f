"""All journals of a store: the desk's, one an incident, and the cache of summaries.

    DIR/desk.journal                 reports and rules
    DIR/summaries.journal            a cache, rebuilt from the journals where it is stale or missing
    DIR/incidents/INC-….journal      one TinyDB database an incident
    DIR/incidents/INC-….log          the log lines that were shown, for the replay
    DIR/incidents/INC-….lock         who works it

`Ledger` is the seam: a team spread over several hosts puts another engine behind the same methods.

    opened   open_incident(report, day, events) -> id; once a report, whoever tries
    written  append(id, events, expected_seq, actor) -> records, once they are on disk; else Conflict, Unwritable
    read     read(id, since), follow(id, since), incident(id); read_desk, append_desk for what has no incident
    listed   summaries(), search(words), incidents(); `damaged` names what could not be read
    held     try_hold(id, who), holder(id): the right to work an incident, released by its holder's death
    checked  verify(id | None) -> head, length, the first event that does not fit
    recorded lines(id).append(entries), .read(): what the log pane showed

Replay files are in `archive`, salvage in `repair`, a client's right to erasure in `erasure`. Whatever
goes wrong is a `StoreError`: what, where and what to do.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from store.catalogue import Catalogue
from store.errors import Damaged, StoreError
from store.events import CauseNamed, Event, EvidenceCaptured, IncidentOpened
from store.fold import fold
from store.hold import Hold, holder, take
from store.incident import Incident
from store.incident_journal import EventJournal
from store.recorded import GENESIS, Break, Recorded
from store.recorded_lines import RecordedLines
from store.shelf import Shelf, number_of
from store.summary import Summary

__all__ = ["Break", "Hold", "Ledger", "LocalLedger", "Recorded", "Summary", "last_instant"]

_LOOK_SECONDS = 0.9
_BIG_READ = 2**20


class Ledger(Protocol):
    """What the engine needs of a store."""

    async def append(
        self, incident: str, events: Sequence[Event], *, expected_seq: int | None, actor: str
    ) -> Sequence[Recorded]:
        """Append events and return them once they are safe; `expected_seq` is where the caller thinks the log ends.

        Raises:
            Conflict: it ends elsewhere.
            Unwritable: nothing was written.
        """

    async def read(self, incident: str, since: int = 0) -> Sequence[Recorded]:
        """Return the events after number `since`; only new bytes are read."""

    def follow(self, incident: str, since: int = 0) -> AsyncIterator[Sequence[Recorded]]:
        """Yield the events after number `since` as anyone appends them: within a second, at one stat a second."""

    async def append_desk(self, events: Sequence[Event], *, expected_seq: int | None, actor: str) -> Sequence[Recorded]:
        """Append to the desk's log."""

    async def read_desk(self, since: int = 0) -> Sequence[Recorded]:
        """Return the desk's events after number `since`."""

    def summaries(self) -> Sequence[Summary]:
        """Return a line for each incident."""

    def search(self, words: Sequence[str]) -> Sequence[Summary]:
        """Return the incidents in which every word occurs."""


class LocalLedger:
    """Journals in a directory of this host. `shelf` has the journals themselves, `catalogue` their summaries."""

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        self.directory = directory
        self.shelf = Shelf(directory)
        self.catalogue = Catalogue(self.shelf, directory / "summaries.journal")
        self._clock = clock
        self._lines: dict[str, RecordedLines] = {}

    async def append(
        self, incident: str, events: Sequence[Event], *, expected_seq: int | None, actor: str
    ) -> Sequence[Recorded]:
        """Append to an incident's log."""
        return self.journal(incident).append(events, expected_seq, self._clock(), actor)

    async def read(self, incident: str, since: int = 0) -> Sequence[Recorded]:
        """Return an incident's events after number `since`."""
        return await _read(self.journal(incident), since)

    async def follow(self, incident: str, since: int = 0) -> AsyncIterator[Sequence[Recorded]]:
        """Yield an incident's events after number `since` as anyone appends them."""
        while True:
            if fresh := await self.read(incident, since):
                since = fresh[-1].seq
                yield fresh
            await asyncio.sleep(_LOOK_SECONDS)

    async def append_desk(self, events: Sequence[Event], *, expected_seq: int | None, actor: str) -> Sequence[Recorded]:
        """Append to the desk's log."""
        return self.shelf.desk().append(events, expected_seq, self._clock(), actor)

    async def read_desk(self, since: int = 0) -> Sequence[Recorded]:
        """Return the desk's events after number `since`."""
        return await _read(self.shelf.desk(), since) if self.shelf.has_desk else []

    async def open_incident(
        self, report: str, day: date, opened: Callable[[str], Sequence[Event]], *, actor: str
    ) -> str:
        """Open an incident for a report, once: the id counts up within the report's local day.

        `opened` is given the id and returns the first events, `IncidentOpened` first. Where an earlier
        try died after these were written, its incident is found and returned.
        """
        stem = f"INC-{day:%Y-%m%d}-"
        with self.shelf.desk().writing():  # nothing is awaited under the lock
            taken = self.shelf.of_day(stem)
            found = next((name for name in reversed(taken) if self._opener(name) in (report, "")), None)
            name = found or f"{stem}{number_of(taken[-1]) + 1 if taken else 1}"
            if found is None or not self._opener(found):
                self.shelf.create(name).append(opened(name), 0, self._clock(), actor)
            return name

    def _opener(self, incident: str) -> str | None:
        """Return the report that an incident was opened for, empty where it was only begun, None if unknown."""
        try:
            with self.shelf.look(incident) as journal:
                first = journal.first()
        except Damaged:
            return None
        if first is None:
            return ""
        return first.event.report if isinstance(first.event, IncidentOpened) else None

    def journal(self, incident: str) -> EventJournal:
        """Return an incident's journal.

        Raises:
            Missing: there is no such incident.
        """
        return self.shelf.journal(incident)

    def incidents(self) -> list[str]:
        """Return the ids of all incidents, the newest last."""
        return list(self.shelf.sizes())

    async def incident(self, incident: str) -> Incident:
        """Return an incident as it stands.

        Raises:
            StoreError: there is none, or its journal opens none.
        """
        with self.shelf.look(incident) as journal:
            folded = fold(await _read(journal, 0))
        if folded is None:
            raise StoreError(f"{incident}: the journal opens no incident", "it was erased, or is another version's")
        return folded

    def summaries(self) -> Sequence[Summary]:
        """Return a line for each incident; a damaged one is left out and named in `damaged`."""
        return self.catalogue.summaries()

    def search(self, words: Sequence[str]) -> list[Summary]:
        """Return the incidents in which every word occurs: client, cause, title, the mail's text; newest first."""
        return self.catalogue.search(words)

    @property
    def damaged(self) -> Mapping[str, StoreError]:
        """Which incidents the last listing could not read, and why."""
        return self.catalogue.damaged

    def verify(self, incident: str | None) -> tuple[str, int, Break | None]:
        """Return the head of an incident's chain (the desk's for None), its length, and what breaks it.

        Raises:
            Damaged: a line of it is not what was written.
        """
        if incident is None:
            return self.shelf.desk().verify() if self.shelf.has_desk else (GENESIS, 0, None)
        with self.shelf.look(incident) as journal:
            return journal.verify()

    def lines(self, incident: str) -> RecordedLines:
        """Return the log lines recorded with an incident."""
        if incident not in self._lines:
            path = self.shelf.path(incident, ".log")
            self._lines[incident] = RecordedLines(path, evidence=lambda: _proven(self.journal(incident).read()))
        return self._lines[incident]

    def try_hold(self, incident: str, who: str = "") -> Hold | None:
        """Take the right to work an incident; None where another session has it."""
        return take(self.shelf.path(incident, ".lock"), who)

    def holder(self, incident: str) -> str:
        """Return who works an incident, or an empty string."""
        return holder(self.shelf.path(incident, ".lock"))

    def close(self) -> None:
        """Close every file."""
        self.shelf.close()
        self.catalogue.close()
        for lines in self._lines.values():
            lines.close()


async def _read(journal: EventJournal, since: int) -> list[Recorded]:
    """Read on the loop what is small, in a thread what would make the keys wait."""
    if journal.unread > _BIG_READ:
        return await asyncio.to_thread(journal.read, since)
    return journal.read(since)


def _proven(records: Sequence[Recorded]) -> frozenset[str]:
    """Return the log lines that an incident's evidence and causes rest on."""
    texts: set[str] = set()
    for record in records:
        if isinstance(record.event, EvidenceCaptured):
            texts.update(record.event.evidence.excerpt.splitlines())
        elif isinstance(record.event, CauseNamed):
            texts.update(proof.line for cause in record.event.causes for proof in cause.proofs)
    return frozenset(texts)


def last_instant(directory: Path) -> datetime | None:
    """Return the latest instant that any journal of a store knows: time does not run backwards there."""
    shelf = Shelf(directory)
    instants = []
    for name in shelf.sizes():
        with shelf.look(name) as journal:
            instants += [datetime.fromisoformat(row["at"]) for row in (*journal.rows().values(),)[-1:]]
    return max(instants, default=None)
