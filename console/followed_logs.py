"""The logs that this session follows: the newest lines in memory, and what was shown on disk for the replay."""

import asyncio
from collections.abc import Sequence

from console.live_logs import LogFollower
from console.log_batch import LogBatch
from console.log_patterns import Patterns
from console.log_previous import previous_log
from console.session import Session
from store.commands import Refusal
from store.feed import KeptLines, ListedLines, LogEntry, LogPattern
from store.log_lines import LogLines


class _Log:
    """An incident's log; `written` counts those that are on disk."""

    def __init__(self) -> None:
        self.batch = LogBatch()
        self.lines = LogLines()
        self.patterns = Patterns()
        self.follower: LogFollower | None = None
        self.written = 0

    def take_in(self) -> bool:
        """Take what has come since the last call, in the order of time; return whether anything has."""
        entries = self.batch.drain()
        self.lines.extend(entries)
        return bool(entries)

    def unwritten(self) -> list[LogEntry]:
        """Return what is to be written; a flood that outran the disk is said."""
        lost = self.lines.first - self.written
        note = [LogEntry(None, "", str(lost), note="dropped")] if lost > 0 else []
        return [*note, *self.lines.since(self.written)]


class FollowedLogs:
    """One incident's logs are followed at a time; those of others stay as they were."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._logs: dict[str, _Log] = {}
        self._followed = ""
        self._task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def follow(self, incident: str) -> None:
        """Follow this incident's logs from now on."""
        await self.close()
        self._followed = incident
        self._task = asyncio.create_task(self._run(incident), name=f"logs {incident}")

    async def close(self) -> None:
        """Stop following, and wait until what is being written is on disk."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        async with self._writing:
            pass

    def log(self, incident: str) -> KeptLines:
        """Return an incident's log as far as it has come and is kept."""
        log = self._logs.get(incident)
        return log.lines if log else ListedLines()

    def take_in(self) -> bool:
        """Take what has come since the last call; return whether anything has."""
        log = self._logs.get(self._followed)
        return log is not None and log.take_in()

    async def write(self) -> None:
        """Write what has come to disk: in a thread, so that the keys don't wait for it.

        Raises:
            StoreError: it could not be written; it is tried again with what comes next.
        """
        log = self._logs.get(self._followed)
        if log is None or log.written == log.lines.total:
            return
        recorded, fresh, total = self._session.world.ledger.lines(self._followed), log.unwritten(), log.lines.total
        async with self._writing:
            await asyncio.to_thread(recorded.append, fresh)
        log.written = total

    async def patterns(self, incident: str) -> Sequence[LogPattern]:
        """Return the log's lines grouped by template."""
        log, case = self._logs.get(incident), self._session.cases.get(incident)
        if log is None or case is None:
            return ()
        return await log.patterns.read(log.lines, case.incident.onset_at or case.incident.reported_at)

    async def previous(self, incident: str, pod: str) -> Sequence[LogEntry] | Refusal:
        """Return what a pod's container said before its last restart."""
        log, case = self._logs.get(incident), self._session.cases.get(incident)
        run = log.follower.runs.get(pod) if log and log.follower else None
        if run is None or case is None:
            return Refusal("no_pod", pod)
        site = self._session.world.config.site(case.incident.client)
        return await previous_log(self._session.world.clients.cluster(site), site.namespace, run)

    async def _run(self, incident: str) -> None:
        case = await self._session.case(incident)
        world = self._session.world
        site = world.config.site(case.incident.client)
        if world.config.configured(site):
            log = self._logs.setdefault(incident, _Log())
            onset = case.incident.onset_at or case.incident.reported_at
            log.follower = LogFollower(world.clients.cluster(site), site, world.clock, log.batch, onset)
            await log.follower.run()
