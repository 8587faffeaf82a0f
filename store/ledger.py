"""All journals of a store: the desk's, one an incident, and the cache of summaries.

    DIR/desk.journal                 reports and rules
    DIR/summaries.journal            a cache, rebuilt from the journals where it is stale or missing
    DIR/incidents/INC-….journal      one TinyDB database an incident
    DIR/incidents/INC-….log          the log lines that were shown, for the replay
    DIR/incidents/INC-….lock         who works it

`Ledger` is the seam: a team spread over several hosts puts another engine behind the same methods.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from store.errors import Missing, StoreError
from store.events import Event, IncidentOpened
from store.fold import fold
from store.hold import Hold, holder, take
from store.incident import Incident
from store.incident_journal import EventJournal
from store.recorded import Break, Recorded
from store.recorded_lines import RecordedLines
from store.summary import Summary, summarise
from store.summary_cache import SummaryCache
from store.tinydb_storage import storage_of

_ID = re.compile(r"INC-\d{4}-\d{4}-\d+")


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

    async def append_desk(self, events: Sequence[Event], *, expected_seq: int | None, actor: str) -> Sequence[Recorded]:
        """Append to the desk's log."""

    async def read_desk(self, since: int = 0) -> Sequence[Recorded]:
        """Return the desk's events after number `since`."""

    def summaries(self) -> Sequence[Summary]:
        """Return a line for each incident."""


class LocalLedger:
    """Journals in a directory of this host."""

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        self.directory = directory
        self._clock = clock
        self._journals: dict[str, EventJournal] = {}
        self._desk_journal: EventJournal | None = None
        self._cache = SummaryCache(directory / "summaries.journal")

    async def append(
        self, incident: str, events: Sequence[Event], *, expected_seq: int | None, actor: str
    ) -> Sequence[Recorded]:
        """Append to an incident's log."""
        return self.journal(incident).append(events, expected_seq, self._clock(), actor)

    async def read(self, incident: str, since: int = 0) -> Sequence[Recorded]:
        """Return an incident's events after number `since`."""
        return self.journal(incident).read(since)

    async def append_desk(self, events: Sequence[Event], *, expected_seq: int | None, actor: str) -> Sequence[Recorded]:
        """Append to the desk's log."""
        return self._desk().append(events, expected_seq, self._clock(), actor)

    async def read_desk(self, since: int = 0) -> Sequence[Recorded]:
        """Return the desk's events after number `since`."""
        if self._desk_journal is None and not self._desk_path.exists():
            return []
        return self._desk().read(since)

    async def open_incident(
        self, report: str, day: date, opened: Callable[[str], Sequence[Event]], *, actor: str
    ) -> str:
        """Open an incident for a report, once: the id counts up within the report's local day.

        `opened` is given the id and returns the first events, `IncidentOpened` first. Where an earlier
        try died after these were written, its incident is found and returned.
        """
        stem = f"INC-{day:%Y-%m%d}-"
        with storage_of(self._desk().database).journal.locked():
            taken = sorted((p.stem for p in self._incidents.glob(f"{stem}*.journal")), key=_number)
            for name in reversed(taken):
                rows = self.journal(name).read(0)[:1]
                if not rows:
                    return await self._open(name, opened, actor)
                if isinstance(rows[0].event, IncidentOpened) and rows[0].event.report == report:
                    return name
            return await self._open(f"{stem}{_number(taken[-1]) + 1 if taken else 1}", opened, actor)

    async def _open(self, name: str, opened: Callable[[str], Sequence[Event]], actor: str) -> str:
        self._journals[name] = EventJournal(self._path(name), create=True)
        await self.append(name, opened(name), expected_seq=0, actor=actor)
        return name

    def journal(self, incident: str) -> EventJournal:
        """Return an incident's journal.

        Raises:
            Missing: there is no such incident.
        """
        if incident not in self._journals:
            if not _ID.fullmatch(incident) or not self._path(incident).exists():
                raise Missing(f"{incident}: there is no such incident", "", "`astreinte list --all` names them all")
            self._journals[incident] = EventJournal(self._path(incident))
        return self._journals[incident]

    def incidents(self) -> list[str]:
        """Return the ids of all incidents, the newest last."""
        return sorted(
            (p.stem for p in self._incidents.glob("INC-*.journal")), key=lambda name: (name[:13], _number(name))
        )

    async def incident(self, incident: str) -> Incident:
        """Return an incident as it stands.

        Raises:
            StoreError: there is none, or its journal opens none.
        """
        folded = fold(self.journal(incident).read())
        if folded is None:
            raise StoreError(f"{incident}: the journal opens no incident")
        return folded

    def summaries(self) -> Sequence[Summary]:
        """Return a line for each incident: from the cache, or from the journal where that has grown since."""
        self._cache.refresh()
        found, stale = [], []
        for name in self.incidents():
            size = self._path(name).stat().st_size
            summary = self._cache.get(name)
            if summary is None or summary.size != size:
                folded = fold(self.journal(name).read())
                if folded is None:
                    continue
                summary = summarise(folded, size)
                stale.append(summary)
            found.append(summary)
        if stale:
            self._cache.put(stale)
        return found

    def search(self, words: Sequence[str]) -> list[Summary]:
        """Return the incidents in which every word occurs: client, cause, title, the mail's text; newest first."""
        wanted = [word.casefold() for word in words]

        def matches(summary: Summary) -> bool:
            text = f"{summary.incident} {summary.client} {summary.cause} {summary.title} {summary.words}".casefold()
            return all(word in text for word in wanted)

        return [summary for summary in reversed(self.summaries()) if matches(summary)]

    def verify(self, incident: str | None) -> tuple[str, int, Break | None]:
        """Return the head of an incident's chain (the desk's for None), its length, and what breaks it."""
        return (self.journal(incident) if incident else self._desk()).verify()

    def lines(self, incident: str) -> RecordedLines:
        """Return the log lines recorded with an incident."""
        return RecordedLines(self._incidents / f"{incident}.log")

    def try_hold(self, incident: str, who: str) -> Hold | None:
        """Take the right to work an incident; None where another session has it."""
        return take(self._incidents / f"{incident}.lock", who)

    def holder(self, incident: str) -> str:
        """Return who works an incident, or an empty string."""
        return holder(self._incidents / f"{incident}.lock")

    @property
    def _incidents(self) -> Path:
        return self.directory / "incidents"

    @property
    def _desk_path(self) -> Path:
        return self.directory / "desk.journal"

    def _path(self, incident: str) -> Path:
        return self._incidents / f"{incident}.journal"

    def _desk(self) -> EventJournal:
        if self._desk_journal is None:
            self._desk_journal = EventJournal(self._desk_path, create=True)
        return self._desk_journal


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])
