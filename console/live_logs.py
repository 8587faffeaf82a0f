"""Follows the logs of a site's workloads: every pod, new ones as they come, over cuts, restarts and rollouts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from console.log_batch import LogBatch
from console.log_outages import Outages
from console.log_runs import Begun, Run, begun_runs, belongs
from skills.clients.cluster import Cluster, LogOptions, NotFound
from skills.contract import Failure
from skills.site import Site
from store.feed import LogEntry, LogNote
from store.safe_text import plain

_BEFORE = timedelta(minutes=10)
"""How far before the onset, or before now, the log is read: so that what is new since can be told."""
_FIRST_LINES = 500
_NEW_RUN_LINES = 2_000
_AGAIN_SECONDS = 2.0
_LAST_WORDS_SECONDS = 5.0
"""What a deleted pod's log is given to end by itself."""
_LINES_AT_ONCE = 40
"""After so many lines the keys get their turn: about two milliseconds."""


class LogFollower:
    """Hands lines, and notes on what befell the log, to a batch."""

    def __init__(
        self, cluster: Cluster, site: Site, now: Callable[[], datetime], batch: LogBatch, onset: datetime | None = None
    ) -> None:
        self._cluster, self._site, self._now, self._batch = cluster, site, now, batch
        self._from = min(onset or now(), now()) - _BEFORE
        self._outages = Outages(now, batch.note)
        self._tasks: dict[Run, asyncio.Task[None]] = {}
        self._known: set[Run] = set()
        self._unread: dict[str, str] = {}
        self._begun_at = now()
        self.runs: dict[str, Run] = {}
        """The newest run by its pod's label, gone ones as well."""

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                await self._watch()
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            for task in self._tasks.values():
                task.cancel()

    async def _watch(self) -> None:
        on_break = self._outages.of("pods")
        try:
            async for kind, pod in self._cluster.watch("v1", "Pod", self._site.namespace, on_break=on_break):
                self._unread.pop("", None)
                if kind == "DELETED":
                    self._dismiss(str(pod["metadata"].get("uid", "")))
                elif belongs(pod, self._site.workloads):
                    for begun in begun_runs(pod):
                        self._meet(begun)
        except Failure as failure:
            self._complain("", failure)
        finally:
            self._outages.left("pods")

    def _meet(self, begun: Begun) -> None:
        """Begin to follow a run, unless that was done before; what comes while we look is said."""
        run = begun.run
        if run in self._known:
            return
        earlier = self.runs.get(run.label)
        restarted = earlier is not None and earlier.uid == run.uid
        joined = begun.created_at >= self._begun_at
        if restarted or joined:
            self._say("restarted" if restarted else "joined", run.label, begun.before if restarted else "")
        self._known.add(run)
        self.runs[run.label] = run
        options = LogOptions(container=run.container, tail=_NEW_RUN_LINES)
        if not restarted and not joined:
            options = replace(options, since=self._from, tail=_FIRST_LINES)
        self._tasks[run] = asyncio.create_task(self._follow(run, options), name=f"log {run.stream}")

    def _dismiss(self, uid: str) -> None:
        """Let the logs of a deleted pod end, and end those that don't."""
        loop = asyncio.get_running_loop()
        for run in [run for run in self._known if run.uid == uid]:
            self._known.discard(run)
            if task := self._tasks.get(run):
                loop.call_later(_LAST_WORDS_SECONDS, task.cancel)

    async def _follow(self, run: Run, options: LogOptions) -> None:
        try:
            left = await self._read(run, options)
            while left:
                await asyncio.sleep(_AGAIN_SECONDS)
                left = await self._read(run, left)
        finally:
            self._outages.left(run.stream)
            self._say("ended", run.label)
            del self._tasks[run]

    async def _read(self, run: Run, options: LogOptions) -> LogOptions | None:
        """Read a run's log to its end; where that fails, return what is left to be read."""
        on_break = self._outages.of(run.stream, run.label)
        count = 0
        try:
            async for line in self._cluster.follow(self._site.namespace, run.pod, options, on_break=on_break):
                self._batch.line(run.label, line)
                options = replace(options, since=line.at, tail=None) if line.at else options
                count += 1
                if count % _LINES_AT_ONCE == 0:
                    await asyncio.sleep(0)
        except NotFound:
            return None
        except Failure as failure:
            self._complain(run.label, failure)
            return options
        return None

    def _complain(self, label: str, failure: Failure) -> None:
        """Say why something can't be followed: once, however often it is tried."""
        text = plain(f"{failure.title} {failure.detail}".strip())
        if self._unread.get(label) != text:
            self._unread[label] = text
            self._say("unread", label, text)

    def _say(self, note: LogNote, label: str, text: str = "") -> None:
        self._batch.note(LogEntry(self._now(), label, text, note=note))
