"""The logs that this session follows: the newest lines in memory, and what was shown on disk for the replay."""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice

from console.live_logs import LogFollower
from console.log_batch import LogBatch
from console.session import Session
from store.feed import LogEntry

_KEPT_LINES = 200_000


class _Log:
    """The newest lines of an incident's log; `total` counts all that there were, `kept` those on disk."""

    def __init__(self) -> None:
        self.batch = LogBatch()
        self.lines: deque[LogEntry] = deque(maxlen=_KEPT_LINES)
        self.total = 0
        self.kept = 0

    def take_in(self) -> None:
        """Take what has come since the last call, in the order of time."""
        entries = self.batch.drain()
        self.lines.extend(entries)
        self.total += len(entries)

    def since(self, number: int) -> list[LogEntry]:
        first = self.total - len(self.lines)
        return list(islice(self.lines, max(0, number - first), None))


class FollowedLogs:
    """One incident's logs are followed at a time; those of others stay as they were."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._logs: dict[str, _Log] = {}
        self._followed = ""
        self._follower: asyncio.Task[None] | None = None

    async def follow(self, incident: str) -> None:
        """Follow this incident's logs from now on."""
        await self.close()
        self._followed = incident
        self._follower = asyncio.create_task(self._run(incident), name=f"logs {incident}")

    async def close(self) -> None:
        """Stop following."""
        if self._follower:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
            self._follower = None

    def since(self, incident: str, number: int) -> tuple[int, Sequence[LogEntry]]:
        """Return how many lines there were in all, and those from `number` on as far as they are in memory."""
        log = self._logs.get(incident)
        return (log.total, log.since(number)) if log else (0, ())

    def keep(self) -> bool:
        """Write what came since the last call to disk; return whether anything came.

        Raises:
            StoreError: it could not be written.
        """
        log = self._logs.get(self._followed)
        if log is None:
            return False
        log.take_in()
        if log.total == log.kept:
            return False
        fresh, log.kept = log.since(log.kept), log.total
        self._session.world.ledger.lines(self._followed).append(fresh)
        return True

    async def _run(self, incident: str) -> None:
        case = await self._session.case(incident)
        site = self._session.world.config.site(case.incident.client)
        if self._session.world.config.configured(site):
            log = self._logs.setdefault(incident, _Log())
            cluster = self._session.world.clients.cluster(site)
            await LogFollower(cluster, site, self._session.world.clock, log.batch).run()
