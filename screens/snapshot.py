"""What is shown at an instant: one frozen value, taken from the feed, that every pane renders from."""

from dataclasses import dataclass
from datetime import datetime

from store.feed import Feed, Link, QueueRow
from store.fold import Record
from store.incident import Incident
from store.moves import Move, next_move


@dataclass(frozen=True, slots=True)
class Position:
    """Where a replay stands; `speed` is its factor."""

    at: int
    length: int
    playing: bool
    speed: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The desk and the incident that is looked at. `selected` is its id, empty where there is none."""

    now: datetime
    rows: tuple[QueueRow, ...]
    selected: str
    incident: Incident | None
    link: Link
    records: tuple[Record, ...] = ()
    position: Position | None = None

    @property
    def move(self) -> Move | None:
        """What comes next in the incident."""
        return next_move(self.incident) if self.incident else None


def take(feed: Feed, selected: str) -> Snapshot:
    """Return what the feed shows now; without a selection the most urgent incident is looked at."""
    rows = tuple(feed.rows())
    known = [row.incident for row in rows if row.incident]
    chosen = selected or (known[0] if known else "")
    transport = feed.transport
    return Snapshot(
        now=feed.now(),
        rows=rows,
        selected=chosen,
        incident=feed.incident(chosen) if chosen else None,
        link=feed.link(),
        records=tuple(feed.records(chosen)) if chosen else (),
        position=Position(transport.position, transport.length, transport.playing, transport.speed)
        if transport
        else None,
    )


def in_flight(feed: Feed) -> bool:
    """Whether a change or a message of any incident is on its way."""
    ids = {row.incident for row in feed.rows() if row.incident}
    return any(_under_way(incident) for incident in map(feed.incident, ids) if incident)


def _under_way(incident: Incident) -> bool:
    changes = [change.state for plan in incident.plans for change in plan.changes]
    return "started" in changes or any(message.state == "started" for message in incident.messages)
