"""The live feed: the end of the logs, fed by this session's work and by what other sessions append."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from console.log_feed import LogFeed
from console.queue_rows import queue_rows
from console.session import Session
from skills.contract import Failure
from store.commands import Command, Refusal
from store.errors import StoreError
from store.feed import Link, Notification, QueueRow, Severity, Transport
from store.fold import Record
from store.incident import Incident
from store.safe_text import plain
from store.values import Priority

_FOLLOW_SECONDS = 0.5
_PING_SECONDS = 10.0
_BATCH_SECONDS = 0.25


class LiveFeed(LogFeed):
    """Implements `store.feed.Feed` over a session."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._link = Link()
        self._selected = ""
        self._rows: tuple[QueueRow, ...] = ()
        self._queue: asyncio.Queue[Notification] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._announced = 0
        self._told = ""
        self._wake = asyncio.Event()
        session.on_growth = self._wake.set

    async def start(self) -> None:
        """Read the desk, take up what a dead process left, and begin to follow."""
        await self._session.world.read_desk()
        self._announced = len(self._session.world.desk.reports)
        await self._session.start()
        self._rows = queue_rows(self._session.world, self._session.engines)
        for name, work in (("follow", self._follow), ("ping", self._ping), ("record", self._record)):
            self._tasks.append(asyncio.create_task(work(), name=name))

    async def _announce(self) -> None:
        """Say which urgent reports came since the last look, whoever took them in; work what nobody works."""
        reports = self._session.world.desk.reports
        for name in list(reports)[self._announced :]:
            received, routed = reports[name].received, reports[name].routed
            if routed and routed.incident:
                await self._session.work(routed.incident)
            if routed and routed.incident and received.reading.priority in (Priority.P1, Priority.P2):
                text = f"{received.reading.priority} {plain(received.mail.subject)}"
                urgent = received.reading.priority is Priority.P1 and (not routed.joined or routed.raised)
                kind: Severity = "warning" if urgent else "information"
                self._notify(Notification("toast", routed.incident, text, kind, ring=urgent))
        self._announced = len(reports)

    async def close(self) -> None:
        """Stop following."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._logs.close()

    def now(self) -> datetime:
        """Return the instant that the clocks show."""
        return self._session.world.clock()

    def rows(self) -> Sequence[QueueRow]:
        """Return the queue, most urgent first."""
        return self._rows

    def incident(self, incident: str) -> Incident | None:
        """Return an incident as it stands."""
        case = self._session.cases.get(incident)
        return case.incident if case and case.records else None

    def records(self, incident: str) -> Sequence[Record]:
        """Return the events so far."""
        case = self._session.cases.get(incident)
        return case.records if case else ()

    def link(self) -> Link:
        """Return the state of the connections."""
        return replace(self._link, sources=self._session.sources)

    @property
    def transport(self) -> Transport | None:
        """Time is real."""
        return None

    async def select(self, incident: str) -> None:
        """Follow this incident's logs, and work it if nobody else does."""
        if incident == self._selected:
            return
        self._selected = incident
        holder = await self._session.work(incident, attended=True)
        self._link = replace(self._link, read_only=holder)
        self._notify(Notification("link"), Notification("incident", incident))
        await self._logs.follow(incident)

    async def submit(self, command: Command) -> Refusal | None:
        """Ask for something; None where it is on disk."""
        try:
            return await self._session.submit(command)
        except StoreError as error:
            return self._trouble(error)

    def _trouble(self, error: StoreError) -> Refusal:
        self._link = replace(self._link, trouble=str(error))
        self._notify(Notification("link"))
        return Refusal("store", str(error))

    async def notifications(self) -> AsyncIterator[Notification]:
        """Yield what changed."""
        while True:
            yield await self._queue.get()

    def _notify(self, *notifications: Notification) -> None:
        for notification in notifications:
            self._queue.put_nowait(notification)

    async def _follow(self) -> None:
        """Look at the journals twice a second: one stat each, and only new bytes are read."""
        seen: dict[str, int] = {}
        while True:
            try:
                desk = await self._session.world.read_desk()
                for incident, case in tuple(self._session.cases.items()):
                    await case.refresh()
                    if seen.get(incident) != len(case.records):
                        seen[incident] = len(case.records)
                        self._notify(Notification("incident", incident))
                        desk = True
            except StoreError as error:
                self._trouble(error)
            else:
                if desk or self._announced != len(self._session.world.desk.reports):
                    await self._announce()
                    self._rows = queue_rows(self._session.world, self._session.engines)
                    self._notify(Notification("desk"))
            if self._session.trouble != self._told:
                self._told = self._session.trouble
                self._link = replace(self._link, trouble=self._told)
                self._notify(Notification("link"))
            await self._take_over()
            with suppress(TimeoutError):
                async with asyncio.timeout(_FOLLOW_SECONDS):  # wait_for may swallow a cancellation in Python 3.11
                    await self._wake.wait()
            self._wake.clear()

    async def _take_over(self) -> None:
        """Work the incident that is looked at, once whoever worked it is gone."""
        if self._link.read_only and self._selected not in self._session.engines:
            holder = await self._session.work(self._selected, attended=True)
            if holder != self._link.read_only:
                self._link = replace(self._link, read_only=holder)
                self._notify(Notification("link"))

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(0.5 if self._link.cluster_seconds is None else _PING_SECONDS)
            incident = self.incident(self._selected)
            if incident is None:
                continue
            site = self._session.world.config.site(incident.client)
            try:
                seconds: float | None = await self._session.world.clients.cluster(site).ping()
            except Failure:
                seconds = None
            if _differs(seconds, self._link.cluster_seconds):
                self._link = replace(self._link, cluster_seconds=seconds)
                self._notify(Notification("link"))

    async def _record(self) -> None:
        """Say that lines came, and keep what was shown for the replay: in batches, never line by line."""
        while True:
            await asyncio.sleep(_BATCH_SECONDS)
            try:
                if self._logs.take_in():
                    self._notify(Notification("log", self._selected))
                await self._logs.write()
            except StoreError as error:
                self._trouble(error)


def _differs(seconds: float | None, shown: float | None) -> bool:
    """Whether a round trip is worth a repaint."""
    if seconds is None or shown is None:
        return seconds is not shown
    return abs(seconds - shown) > max(0.02, shown / 4)
