"""A recorded incident as a feed: anywhere in its log, offline. Nothing of the outside world is imported."""

import asyncio
import re
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.log_patterns import Patterns
from store.commands import Command, Refusal
from store.events import PhaseEntered
from store.feed import KeptLines, Link, ListedLines, LogEntry, LogPattern, Notification, QueueRow, Transport
from store.fold import Fold, Record
from store.incident import Incident

_TICK_SECONDS = 0.25
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})(?::(\d{2}))?")


class ReplayTransport:
    """Where in the log we stand. `now` runs on from the last event read while it plays."""

    def __init__(self, records: Sequence[Record], time_zone: str) -> None:
        self._records = records
        self._zone = ZoneInfo(time_zone)
        self._position = 1
        self._speed = 1.0
        self._since: float | None = None
        self._passed = timedelta(0)

    @property
    def position(self) -> int:
        """How many events are read."""
        return self._position

    @property
    def length(self) -> int:
        """How many there are."""
        return len(self._records)

    @property
    def playing(self) -> bool:
        """Whether time runs."""
        return self._since is not None

    @property
    def speed(self) -> float:
        """Its factor."""
        return self._speed

    def now(self) -> datetime:
        """Return the instant that the clocks show: never past the next event."""
        here = self._records[self._position - 1].at
        shown = here + self._elapsed()
        return min(shown, self._records[self._position].at) if self._position < self.length else here

    def _elapsed(self) -> timedelta:
        if self._since is None:
            return self._passed
        return self._passed + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def toggle(self) -> None:
        """Play or pause."""
        self._passed = self._elapsed()
        self._since = time.monotonic() if self._since is None else None

    def step(self, events: int) -> None:
        """Go forward (or back) by so many events."""
        self._go(self._position + events)

    def step_phase(self, phases: int) -> None:
        """Go to the start of the next (or an earlier) phase."""
        starts = [1, *(r.seq for r in self._records if isinstance(r.event, PhaseEntered)), self.length]
        if phases > 0:
            later = [start for start in starts if start > self._position]
            self._go(later[min(phases, len(later)) - 1] if later else self.length)
        else:
            earlier = [start for start in starts if start < self._position]
            self._go(earlier[max(phases, -len(earlier))] if earlier else 1)

    def seek(self, where: str) -> bool:
        """Go to a time of day, an event's number, or the next event that has this text."""
        if match := _CLOCK.fullmatch(where.strip()):
            return self._seek_time(*(int(part or 0) for part in match.groups()))
        if where.strip().isdigit():
            self._go(int(where))
            return True
        wanted = where.casefold()
        order = [*range(self._position, self.length), *range(self._position)]
        for index in order:
            if wanted in self._records[index].event.model_dump_json().casefold():
                self._go(index + 1)
                return True
        return False

    def _seek_time(self, hour: int, minute: int, second: int) -> bool:
        opened = self._records[0].at.astimezone(self._zone)
        wanted = opened.replace(hour=hour, minute=minute, second=second, microsecond=0)
        if wanted < opened:
            wanted += timedelta(days=1)
        instants = [record.at for record in self._records]
        self._go(bisect_right(instants, wanted))
        return True

    def faster(self, factor: float) -> None:
        """Multiply the speed."""
        self._passed = self._elapsed()
        if self._since is not None:
            self._since = time.monotonic()
        self._speed = min(max(self._speed * factor, 1 / 16), 4096.0)

    def advance(self) -> bool:
        """Read the events whose instant has come; return whether there were any."""
        before = self._position
        while self.playing and self._position < self.length:
            gap = self._records[self._position].at - self._records[self._position - 1].at
            elapsed = self._elapsed()
            if elapsed < gap:
                break
            self._position += 1
            self._passed = elapsed - gap
            self._since = time.monotonic()
        if self.playing and self._position == self.length:
            self.toggle()
        return self._position != before

    def _go(self, position: int) -> None:
        self._position = min(max(position, 1), self.length)
        self._passed = timedelta(0)
        if self._since is not None:
            self._since = time.monotonic()


class ReplayFeed:
    """A log that is over: shows it at the transport's position and takes no command."""

    def __init__(self, records: Sequence[Record], lines: Sequence[LogEntry], time_zone: str) -> None:
        self._records = records
        self._lines = lines
        self._patterns = Patterns()
        self._transport = ReplayTransport(records, time_zone)
        self._fold, self._read = Fold(), 0

    def now(self) -> datetime:
        """Return the instant that the clocks show."""
        return self._transport.now()

    def rows(self) -> Sequence[QueueRow]:
        """Return the one incident."""
        incident = self._here()
        return (_row(incident),) if incident else ()

    def incident(self, incident: str) -> Incident | None:
        """Return the incident at the position."""
        here = self._here()
        return here if here and here.id == incident else None

    def records(self, incident: str) -> Sequence[Record]:  # noqa: ARG002 there is one
        """Return the events read so far."""
        return self._records[: self._transport.position]

    def log(self, incident: str) -> KeptLines:  # noqa: ARG002 there is one
        """Return what the log pane showed until now."""
        now = self.now()
        return ListedLines(self._lines, bisect_right(self._lines, now, key=lambda line: line.at or now))

    async def patterns(self, incident: str) -> Sequence[LogPattern]:
        """Return the lines until now, grouped."""
        here = self._here()
        return await self._patterns.read(self.log(incident), here.onset_at or here.reported_at) if here else ()

    async def previous(self, incident: str, pod: str) -> Sequence[LogEntry] | Refusal:  # noqa: ARG002 whatever it is
        """Refuse: nothing but what was recorded is here."""
        return Refusal("replay")

    def link(self) -> Link:
        """Return that nothing is asked of anyone."""
        return Link(read_only="replay")

    async def select(self, incident: str) -> None:
        """There is nothing to follow."""

    async def submit(self, command: Command) -> Refusal | None:  # noqa: ARG002 whatever it is
        """Refuse: who looks at the past can't touch the present."""
        return Refusal("replay")

    async def notifications(self) -> AsyncIterator[Notification]:
        """Yield the incident's changes as time runs."""
        seen = 0
        while True:
            self._transport.advance()
            if self._transport.position != seen or self._transport.playing:
                seen = self._transport.position
                yield Notification("incident")
                yield Notification("log")
            await asyncio.sleep(_TICK_SECONDS)

    @property
    def transport(self) -> Transport:
        """The replay's keys."""
        return self._transport

    def _here(self) -> Incident | None:
        position = self._transport.position
        if position < self._read:
            self._fold, self._read = Fold(), 0
        for record in self._records[self._read : position]:
            self._fold.add(record)
        self._read = position
        return self._fold.incident


def _row(incident: Incident) -> QueueRow:
    return QueueRow(
        incident=incident.id,
        report=incident.report,
        client=incident.client,
        title=incident.title,
        priority=incident.priority,
        state=incident.state,
        received_at=incident.reported_at,
        deadline=incident.deadline,
        resolved_at=incident.resolved_at,
        cause=incident.cause.key if incident.cause else "",
        reports=len(incident.reports),
    )
