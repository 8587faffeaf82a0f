"""`Incident = fold(events)`: pure, total, and linear. Mutable inside, frozen outside.

Total means that no sequence of events raises: an event that fits nothing that came before it
(a step that the flow does not know, a change of an unknown plan) is passed over.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from store import events as e
from store.fold_state import State
from store.incident import Incident
from store.readers import READERS


class Record(Protocol):
    """What the fold needs of a journal's envelope."""

    @property
    def seq(self) -> int:
        """Its position, counted from 1."""

    @property
    def at(self) -> datetime:
        """Its instant."""

    @property
    def hash(self) -> str:
        """Its link of the chain."""

    @property
    def event(self) -> e.Event:
        """What happened."""


class Fold:
    """Reads events one by one; `incident` is the frozen value so far, None before it was opened."""

    def __init__(self) -> None:
        self._state: State | None = None
        self._seen: Incident | None = None

    def add(self, record: Record) -> None:
        """Read one event."""
        event = record.event
        if self._state is None:
            if not isinstance(event, e.IncidentOpened):
                return
            self._state = State(event, record.at)
        elif reader := READERS.get(type(event)):
            reader(self._state, event, record.at)
        self._state.fields.update(seq=record.seq, head=record.hash, at=record.at)
        self._seen = None

    @property
    def incident(self) -> Incident | None:
        """The incident at this position."""
        if self._seen is None and self._state is not None:
            self._seen = self._state.freeze()
        return self._seen


def fold(records: Iterable[Record]) -> Incident | None:
    """Return the incident that these records tell of, or None where they open none."""
    folding = Fold()
    for record in records:
        folding.add(record)
    return folding.incident
