"""A feed that stands still: fixed records, rows and logs at a fixed instant; it notes the commands it is given."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from store import events as e
from store.commands import Command, Refusal
from store.feed import (
    KeptLines,
    Link,
    ListedLines,
    LogEntry,
    LogPattern,
    Notification,
    QueueRow,
    SourceState,
    Transport,
)
from store.fold import Record, fold
from store.incident import Incident
from store.values import Priority
from tests.support.scenario import play, scenario
from tests.support.scenario_parts import CLIENT, INCIDENT, MASKED_KEY, REPORTED, SUBJECT

LINK = Link(cluster_seconds=0.012, sources=(SourceState("maildir support", "connected", REPORTED),))


@dataclass
class StandingTransport:
    """Implements `store.feed.Transport`: stands where it is told, and notes what it is asked for."""

    position: int = 12
    length: int = 96
    playing: bool = False
    speed: float = 4.0
    asked: list[tuple[str, object]] = field(default_factory=list)

    def toggle(self) -> None:
        self.asked.append(("toggle", None))

    def step(self, events: int) -> None:
        self.asked.append(("step", events))

    def step_phase(self, phases: int) -> None:
        self.asked.append(("step_phase", phases))

    def seek(self, where: str) -> bool:
        self.asked.append(("seek", where))
        return where != "nowhere"

    def faster(self, factor: float) -> None:
        self.asked.append(("faster", factor))


@dataclass
class FixedFeed:
    """Implements `store.feed.Feed`."""

    at: datetime
    written: Sequence[Record]
    queue: Sequence[QueueRow] = ()
    entries: Sequence[LogEntry] = ()
    connection: Link = LINK
    refusal: Refusal | None = None
    grouped: Sequence[LogPattern] = ()
    before: Mapping[str, Sequence[LogEntry]] = field(default_factory=dict)
    transport: Transport | None = None
    commands: list[Command] = field(default_factory=list)
    selected: list[str] = field(default_factory=list)
    _notices: asyncio.Queue[Notification] = field(default_factory=asyncio.Queue)

    def now(self) -> datetime:
        return self.at

    def rows(self) -> Sequence[QueueRow]:
        return self.queue

    def incident(self, incident: str) -> Incident | None:
        folded = fold(self.written)
        return folded if folded and folded.id == incident else None

    def records(self, incident: str) -> Sequence[Record]:
        return self.written if self.incident(incident) else ()

    def log(self, incident: str) -> KeptLines:
        return ListedLines(self.entries, len(self.entries)) if self.incident(incident) else ListedLines()

    async def patterns(self, incident: str) -> Sequence[LogPattern]:
        return self.grouped if self.incident(incident) else ()

    async def previous(self, incident: str, pod: str) -> Sequence[LogEntry] | Refusal:
        return self.before.get(pod, Refusal("no_previous", pod)) if self.incident(incident) else Refusal("no_pod", pod)

    def link(self) -> Link:
        return self.connection

    async def select(self, incident: str) -> None:
        self.selected.append(incident)

    async def submit(self, command: Command) -> Refusal | None:
        self.commands.append(command)
        return self.refusal

    async def notifications(self) -> AsyncIterator[Notification]:
        while True:
            yield await self._notices.get()

    def tell(self, notification: Notification) -> None:
        """Say that something changed."""
        self._notices.put_nowait(notification)


def queue(title: str = SUBJECT) -> tuple[QueueRow, ...]:
    """The scenario's incident, another client's, a small one, and a mail that opened none."""
    row = QueueRow(
        incident=INCIDENT,
        report="report-5dd956bf",
        client=CLIENT,
        title=title,
        priority=Priority.P1,
        state="open",
        received_at=REPORTED,
        deadline=REPORTED + timedelta(hours=2, minutes=30),
    )
    later = REPORTED + timedelta(hours=7)
    return (
        row,
        replace(
            row,
            incident="INC-2025-0109-2",
            client="boutique-verte.fr",
            title="Stock en retard",
            priority=Priority.P2,
            deadline=later,
            reports=3,
        ),
        replace(
            row,
            incident="INC-2025-0108-4",
            client="atelier-bois.fr",
            title="Logo trop petit sur mobile",
            priority=Priority.P4,
            deadline=REPORTED + timedelta(days=4),
        ),
        replace(
            row,
            incident=None,
            report="report-77",
            client="",
            title="Absence du bureau : réponse automatique",
            priority=Priority.P4,
            state="noise",
            deadline=None,
        ),
    )


def log_entries(count: int = 40) -> tuple[LogEntry, ...]:
    """A payment service's log, an error every third line."""
    error = f"POST /pay 500 StripeAuthenticationError: Expired API Key provided: {MASKED_KEY}"
    texts = ((error, "error"), ("GET /health 200 1ms", "info"), ("POST /pay retry scheduled in 2s", "warning"))
    return tuple(
        LogEntry(
            at=REPORTED + timedelta(seconds=7 * n),
            pod=("7d9f4", "c4f8x", "x2m1p")[n % 3],
            text=texts[n % 3][0],
            level=texts[n % 3][1],  # type: ignore[arg-type]  # one of Level
            evidence=n == 36,
        )
        for n in range(count)
    )


def at_minute(minutes: float, *, more: Sequence[e.IncidentEvent] = (), title: str = SUBJECT) -> FixedFeed:
    """Return the scenario's feed as it stood so many minutes after the report; `more` are further events then."""
    moments = [moment for moment in scenario() if moment[0] <= minutes]
    records = play([*moments, *((minutes, event) for event in more)])
    at = REPORTED + timedelta(minutes=minutes, seconds=9)
    return FixedFeed(at, records, queue(title), log_entries())
