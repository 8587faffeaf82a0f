"""What the tests of the store write into journals, and the real conditions that they write under."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.events import NoteAdded
from store.incident_journal import EventJournal

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
