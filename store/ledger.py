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
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from store.errors import Damaged, StoreError
from store.events import CauseNamed, Event, EvidenceCaptured, IncidentOpened
from store.fold import fold
from store.hold import Hold, holder, take
from store.incident import Incident
from store.incident_journal import EventJournal
from store.recorded import GENESIS, Break, Recorded
from store.recorded_lines import RecordedLines
from store.shelf import Shelf, number_of
from store.summary import Summary, summarise
from store.summary_cache import SummaryCache

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
    """Journals in a directory of this host. `damaged` says which incidents the last listing could not read, and why."""

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        self.directory = directory
        self.damaged: dict[str, StoreError] = {}
        self._clock = clock
        self._shelf = Shelf(directory)
        self._cache = SummaryCache(directory / "summaries.journal")
        self._unopened: dict[str, int] = {}
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
        return self._shelf.desk().append(events, expected_seq, self._clock(), actor)

    async def read_desk(self, since: int = 0) -> Sequence[Recorded]:
        """Return the desk's events after number `since`."""
        return await _read(self._shelf.desk(), since) if self._shelf.has_desk else []

    async def open_incident(
        self, report: str, day: date, opened: Callable[[str], Sequence[Event]], *, actor: str
    ) -> str:
        """Open an incident for a report, once: the id counts up within the report's local day.

        `opened` is given the id and returns the first events, `IncidentOpened` first. Where an earlier
        try died after these were written, its incident is found and returned.
        """
        stem = f"INC-{day:%Y-%m%d}-"
        with self._shelf.desk().writing():  # nothing is awaited under the lock
            taken = self._shelf.of_day(stem)
            found = next((name for name in reversed(taken) if self._opener(name) in (report, "")), None)
            name = found or f"{stem}{number_of(taken[-1]) + 1 if taken else 1}"
            if found is None or not self._opener(found):
                self._shelf.create(name).append(opened(name), 0, self._clock(), actor)
            return name

    def _opener(self, incident: str) -> str | None:
        """Return the report that an incident was opened for, empty where it was only begun, None if unknown."""
        try:
            with self._shelf.look(incident) as journal:
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
        return self._shelf.journal(incident)

    def incidents(self) -> list[str]:
        """Return the ids of all incidents, the newest last."""
        return list(self._shelf.sizes())

    async def incident(self, incident: str) -> Incident:
        """Return an incident as it stands.

        Raises:
            StoreError: there is none, or its journal opens none.
        """
        with self._shelf.look(incident) as journal:
            folded = fold(await _read(journal, 0))
        if folded is None:
            raise StoreError(f"{incident}: the journal opens no incident", "it was erased, or is another version's")
        return folded

    def summaries(self) -> Sequence[Summary]:
        """Return a line for each incident: from the cache, or from the journal where that has grown since.

        A damaged journal is left out and named in `damaged`.
        """
        self._cache.refresh()
        sizes = self._shelf.sizes()
        known = {name: self._cache.get(name) for name in sizes}
        stale = [n for n, s in known.items() if (s.size if s else self._unopened.get(n)) != sizes[n]]
        fresh = {name: summary for name in stale if (summary := self._summarise(name, sizes[name]))}
        if fresh:
            self._cache.put(list(fresh.values()))
        lost = {name for name in stale if name not in fresh}
        self.damaged = {name: error for name, error in self.damaged.items() if name in sizes and name not in fresh}
        found = (fresh.get(name) or (None if name in lost else summary) for name, summary in known.items())
        return [summary for summary in found if summary]

    def _summarise(self, incident: str, size: int) -> Summary | None:
        try:
            with self._shelf.look(incident) as journal:
                folded = fold(journal.read())
        except StoreError as error:
            self.damaged[incident] = error
            return None
        if folded is None:
            self._unopened[incident] = size
        return summarise(folded, size) if folded else None

    def search(self, words: Sequence[str]) -> list[Summary]:
        """Return the incidents in which every word occurs: client, cause, title, the mail's text; newest first."""
        wanted = [word.casefold() for word in words]

        def matches(summary: Summary) -> bool:
            text = f"{summary.incident} {summary.client} {summary.cause} {summary.title} {summary.words}".casefold()
            return all(word in text for word in wanted)

        return [summary for summary in reversed(self.summaries()) if matches(summary)]

    def verify(self, incident: str | None) -> tuple[str, int, Break | None]:
        """Return the head of an incident's chain (the desk's for None), its length, and what breaks it.

        Raises:
            Damaged: a line of it is not what was written.
        """
        if incident is None:
            return self._shelf.desk().verify() if self._shelf.has_desk else (GENESIS, 0, None)
        with self._shelf.look(incident) as journal:
            return journal.verify()

    def lines(self, incident: str) -> RecordedLines:
        """Return the log lines recorded with an incident."""
        if incident not in self._lines:
            path = self._shelf.path(incident, ".log")
            self._lines[incident] = RecordedLines(path, evidence=lambda: _proven(self.journal(incident).read()))
        return self._lines[incident]

    def try_hold(self, incident: str, who: str = "") -> Hold | None:
        """Take the right to work an incident; None where another session has it."""
        return take(self._shelf.path(incident, ".lock"), who)

    def holder(self, incident: str) -> str:
        """Return who works an incident, or an empty string."""
        return holder(self._shelf.path(incident, ".lock"))

    @property
    def shelf(self) -> Shelf:
        """The journals themselves, for archive and erasure."""
        return self._shelf

    def forget(self, incidents: Sequence[str]) -> None:
        """Take incidents that were erased out of the cache, bytes and all.

        Raises:
            Unwritable: the cache is as it was.
        """
        self._cache.drop(incidents)

    def close(self) -> None:
        """Close every file."""
        self._shelf.close()
        self._cache.close()
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
