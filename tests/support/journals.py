"""What the tests of the store write into journals, and the real conditions that they write under."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from store.events import IncidentOpened, NoteAdded
from store.incident_journal import EventJournal
from store.ledger import LocalLedger
from tests.support.scenario import opened, scenario

DAY = date(2025, 1, 9)
AT = datetime(2025, 1, 9, 10, 30, tzinfo=UTC)
INCIDENT = "INC-2025-0109-1"
_NOBODY = 65534


class SteppingClock:
    """Gives instants a second apart."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def note(text: str) -> NoteAdded:
    return NoteAdded(text=text, by="lea")


def written(path: Path, *texts: str) -> EventJournal:
    """Return a journal with a note for each text."""
    journal = EventJournal(path, create=True)
    for text in texts:
        journal.append([note(text)], None, AT, "lea")
    return journal


def texts(journal: EventJournal) -> list[str]:
    """Return the notes of a journal."""
    return [record.event.text for record in journal.read() if isinstance(record.event, NoteAdded)]


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let the kernel refuse every write past a size, as a full disk does: part of it is written first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be subject to file modes, as root is not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


async def opened_incident(ledger: LocalLedger, report: str = "report-1", day: date = DAY) -> str:
    """Open the scenario's incident for a report."""
    return await ledger.open_incident(report, day, lambda name: [opening(name, report)], actor="lea")


def opening(incident: str, report: str) -> IncidentOpened:
    return opened().model_copy(update={"incident": incident, "report": report})


async def told_incident(ledger: LocalLedger, report: str = "report-1") -> str:
    """Write the scenario's whole story, to its end."""
    incident = await opened_incident(ledger, report)
    story = [event for _, event in scenario()][1:]
    await ledger.append(incident, story, expected_seq=1, actor="lea")
    return incident
