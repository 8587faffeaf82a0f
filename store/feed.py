"""What an app shows, and the one place where live and replay differ: the feed that it is handed.

A live feed stands at the end of the logs and takes commands; a replay feed stands anywhere in one
log, refuses commands, and has a transport.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal, Protocol

from store.commands import Command, Refusal
from store.fold import Record
from store.incident import Incident
from store.values import Priority

Level = Literal["error", "warning", "info", "debug", ""]
Severity = Literal["information", "warning", "error"]
Notice = Literal["desk", "incident", "log", "link", "toast"]
LogNote = Literal["", "cut", "resumed", "joined", "restarted", "ended", "unread", "dropped"]
"""What an entry says of the log itself, where it is no line of a pod:

    cut        the connection broke; `text` is why
    resumed    it is back, and was cut `since`; lines may be missing between the two
    joined     a new pod is followed from now on
    restarted  a new run of a pod's container is followed; `text` is how the last one ended
    ended      a pod's container has said all it will
    unread     it can't be followed; `text` is why
    dropped    here stood `text` lines, more than are kept
"""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A line of the intake queue: an incident, or a report that opened none (`incident` is None)."""

    incident: str | None
    report: str
    client: str
    title: str
    priority: Priority
    state: str
    received_at: datetime
    deadline: datetime | None
    resolved_at: datetime | None = None
    cause: str = ""
    paused_at: datetime | None = None
    """Since when the SLA's clock stands still."""
    holder: str = ""
    """Who works on it, where it is not us."""
    reports: int = 1


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A workload's log line, or a note on the log. `pod` is the pod's short name, empty where it is about all.

    A trace is one entry, its line breaks kept.
    """

    at: datetime | None
    pod: str
    text: str
    level: Level = ""
    evidence: bool = False
    note: LogNote = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogPattern:
    """Lines that differ only in numbers, names and the like. `new` says that none came before the incident's onset."""

    template: str
    level: Level
    count: int
    first: datetime | None
    last: datetime | None
    new: bool = False


class KeptLines(Protocol):
    """A log as far as it is kept. Lines are numbered from 0, over all that there were."""

    @property
    def first(self) -> int:
        """The number of the oldest line that is kept: as many were dropped."""

    @property
    def total(self) -> int:
        """How many lines there were in all."""

    def entry(self, number: int) -> LogEntry:
        """Return a line by its number.

        Raises:
            IndexError: it is not, or no longer, kept.
        """

    def since(self, number: int) -> Iterator[LogEntry]:
        """Yield the kept lines from a number on."""


@dataclass(frozen=True, slots=True)
class ListedLines:
    """Implements `KeptLines` over a list, of which the first `total` lines have come."""

    entries: Sequence[LogEntry] = ()
    total: int = 0
    first: int = 0

    def entry(self, number: int) -> LogEntry:
        """Return a line by its number."""
        if not 0 <= number < self.total:
            raise IndexError(number)
        return self.entries[number]

    def since(self, number: int) -> Iterator[LogEntry]:
        """Yield the lines from a number on."""
        return islice(self.entries, number, self.total)


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where mails or alerts come in, such as `imap support@mail.example.com`. `at` is when it last answered."""

    name: str
    state: Literal["connecting", "connected", "down"] = "connecting"
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The state of what the console stands on."""

    cluster_seconds: float | None = None
    """Measured round trip to the API server; None where it does not answer."""
    sources: tuple[SourceState, ...] = ()
    read_only: str = ""
    """Why no command is taken, such as another holder; empty where they are."""
    trouble: str = ""
    """One line of what is wrong with the console itself, such as a full disk."""


@dataclass(frozen=True, slots=True)
class Notification:
    """Something changed; `text` is for a toast."""

    kind: Notice
    incident: str | None = None
    text: str = ""
    severity: Severity = "information"
    ring: bool = False
    """Whether it is to call a person who looks elsewhere: by the bell and the desktop."""


class Transport(Protocol):
    """The keys of a replay."""

    @property
    def position(self) -> int:
        """How many events are read."""

    @property
    def length(self) -> int:
        """How many there are."""

    @property
    def playing(self) -> bool:
        """Whether time runs."""

    @property
    def speed(self) -> float:
        """Its factor."""

    def toggle(self) -> None:
        """Play or pause."""

    def step(self, events: int) -> None:
        """Go forward (or back, where negative) by so many events."""

    def step_phase(self, phases: int) -> None:
        """Go to the start of the next (or an earlier) phase."""

    def seek(self, where: str) -> bool:
        """Go to a time (`12:05`) or to the next event that has this text; False where there is none."""

    def faster(self, factor: float) -> None:
        """Multiply the speed."""


class Feed(Protocol):
    """All that the screens know of the world."""

    def now(self) -> datetime:
        """Return the instant that the clocks show."""

    def rows(self) -> Sequence[QueueRow]:
        """Return the queue, most urgent first."""

    def incident(self, incident: str) -> Incident | None:
        """Return an incident as it stands."""

    def records(self, incident: str) -> Sequence[Record]:
        """Return the events read so far, with their envelopes."""

    def log(self, incident: str) -> KeptLines:
        """Return the log as far as it has come and is kept."""

    async def patterns(self, incident: str) -> Sequence[LogPattern]:
        """Return the log's lines grouped: what is new since the onset first, then by severity and count."""

    async def previous(self, incident: str, pod: str) -> Sequence[LogEntry] | Refusal:
        """Return the log of a pod's container before its last restart, or why there is none."""

    def link(self) -> Link:
        """Return the state of the connections."""

    async def select(self, incident: str) -> None:
        """Say that this incident is looked at: its logs are followed, and it is worked if nobody else does."""

    async def submit(self, command: Command) -> Refusal | None:
        """Ask for something; None where it is on disk."""

    def notifications(self) -> AsyncIterator[Notification]:
        """Yield what changed, coalesced."""

    @property
    def transport(self) -> Transport | None:
        """The replay's keys; None where time is real."""
