"""Where a store's journals lie, and which of them are open."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from os import scandir
from pathlib import Path

from store.errors import Missing
from store.incident_journal import EventJournal

_ID = re.compile(r"INC-\d{4}-\d{4}-[1-9]\d{0,8}")
_SUFFIX = ".journal"
_MOST_OPEN = 64


class Shelf:
    """The journals of a directory. What is worked on stays open; what is only looked at does not."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._incidents = directory / "incidents"
        self._open: dict[str, EventJournal] = {}
        self._desk: EventJournal | None = None

    @property
    def has_desk(self) -> bool:
        """Whether anything was ever written on the desk."""
        return self._desk is not None or (self._directory / "desk.journal").exists()

    def desk(self) -> EventJournal:
        """Return the desk's journal, made at the first use."""
        if self._desk is None:
            self._desk = EventJournal(self._directory / "desk.journal", create=True)
        return self._desk

    def path(self, incident: str, suffix: str = _SUFFIX) -> Path:
        """Return where a file of an incident lies."""
        return self._incidents / f"{incident}{suffix}"

    @staticmethod
    def named(incident: str) -> bool:
        """Whether this is an incident's id at all, and no path in disguise."""
        return _ID.fullmatch(incident) is not None

    def has(self, incident: str) -> bool:
        """Whether there is such an incident."""
        return self.named(incident) and self.path(incident).exists()

    def journal(self, incident: str) -> EventJournal:
        """Return an incident's journal, and keep it open.

        Raises:
            Missing: there is no such incident.
        """
        if incident in self._open:
            return self._keep(incident, self._open.pop(incident))
        if not self.has(incident):
            raise Missing(f"{incident}: there is no such incident", "", "`astreinte list --all` names them all")
        return self._keep(incident, EventJournal(self.path(incident)))

    def _keep(self, incident: str, journal: EventJournal) -> EventJournal:
        """Keep a journal open, and let go the one that was longest not asked for; it closes with its last user."""
        self._open[incident] = journal
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]
        return journal

    def create(self, incident: str) -> EventJournal:
        """Return the journal of a new incident."""
        if incident in self._open:
            return self.journal(incident)
        return self._keep(incident, EventJournal(self.path(incident), create=True))

    @contextmanager
    def look(self, incident: str) -> Iterator[EventJournal]:
        """Give an incident's journal for a look: ten thousand of them need no more than one open file.

        Raises:
            Missing: there is no such incident.
        """
        if incident in self._open or not self.has(incident):
            yield self.journal(incident)
            return
        journal = EventJournal(self.path(incident))
        try:
            yield journal
        finally:
            journal.close()

    def sizes(self) -> dict[str, int]:
        """Return the ids of all incidents, the newest last, with their journals' sizes in bytes."""
        try:
            with scandir(self._incidents) as entries:
                found = {e.name[: -len(_SUFFIX)]: e.stat().st_size for e in entries if e.name.endswith(_SUFFIX)}
        except FileNotFoundError:
            return {}
        return {name: found[name] for name in sorted(filter(_ID.fullmatch, found), key=_order)}

    def of_day(self, stem: str) -> list[str]:
        """Return the ids that begin so, in the order of their numbers."""
        names = (path.name[: -len(_SUFFIX)] for path in self._incidents.glob(f"{stem}*{_SUFFIX}"))
        return sorted(filter(_ID.fullmatch, names), key=_order)

    def close(self) -> None:
        """Close every file."""
        for journal in (*self._open.values(), *([self._desk] if self._desk else [])):
            journal.close()
        self._open, self._desk = {}, None


def _order(name: str) -> tuple[str, int]:
    day, _, number = name.rpartition("-")
    return day, int(number)


def number_of(incident: str) -> int:
    """Return an incident's number within its day."""
    return _order(incident)[1]
