"""Follows the logs of a site's workloads: every pod, new ones as they come, interleaved as they arrive."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from skills.clients.cluster import Cluster, LogOptions
from skills.contract import Failure
from skills.devops.monitoring.logs.entries import recognise
from skills.site import Site
from store.feed import Level, LogEntry
from store.safe_text import plain, redact
from store.values import Json

_BEFORE = timedelta(minutes=10)
_FIRST_LINES = 200
_AGAIN_SECONDS = 2.0
_LEVELS: dict[str, Level] = {"fatal": "error", "error": "error", "warn": "warning", "info": "info", "debug": "debug"}


class LogFollower:
    """Hands each line, redacted, to `take`; a cut is shown as a gap and followed again."""

    def __init__(
        self, cluster: Cluster, site: Site, now: Callable[[], datetime], take: Callable[[LogEntry], None]
    ) -> None:
        self._cluster, self._site, self._now, self._take = cluster, site, now, take
        self._pods: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                try:
                    await self._watch()
                except Failure as failure:
                    self._take(LogEntry(self._now(), "", plain(f"{failure.title} {failure.detail}"), gap=True))
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            for task in self._pods.values():
                task.cancel()

    async def _watch(self) -> None:
        async for kind, pod in self._cluster.watch("v1", "Pod", self._site.namespace):
            name = pod["metadata"]["name"]
            if kind == "DELETED":
                if task := self._pods.pop(name, None):
                    task.cancel()
            elif name not in self._pods and self._belongs(pod) and _runs(pod):
                self._pods[name] = asyncio.create_task(self._follow(name), name=f"log {name}")

    def _belongs(self, pod: Json) -> bool:
        """Whether a workload of the site owns it: by its ReplicaSet's name."""
        owners = [owner.get("name", "") for owner in pod["metadata"].get("ownerReferences", [])]
        return any(owner.rpartition("-")[0] in self._site.workloads for owner in owners)

    async def _follow(self, pod: str) -> None:
        short = pod.rpartition("-")[2] or pod
        since: datetime | None = self._now() - _BEFORE
        tail: int | None = _FIRST_LINES
        while True:
            try:
                async for line in self._cluster.follow(self._site.namespace, pod, LogOptions(since=since, tail=tail)):
                    since, tail = line.at or since, None
                    said = recognise(redact(line.text))
                    self._take(LogEntry(line.at or said.at, short, said.message, _LEVELS.get(said.level, "")))
            except Failure as failure:
                self._take(LogEntry(self._now(), short, plain(f"{failure.title} {failure.detail}"), gap=True))
            else:
                return
            await asyncio.sleep(_AGAIN_SECONDS)


def _runs(pod: Json) -> bool:
    """Whether a container has started, so that there is a log."""
    statuses = pod.get("status", {}).get("containerStatuses", [])
    return any(status.get("started") or "running" in status.get("state", {}) for status in statuses)
