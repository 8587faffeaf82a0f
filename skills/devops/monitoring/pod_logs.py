"""The logs of the client's pods, current and previous containers, each read under its own timeout."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from skills.clients.cluster import LogLine, LogOptions, NotFound, Refused
from skills.contract import Context, Failure
from skills.devops.containers.pod_health import pod_health
from skills.devops.containers.workloads import pods_of
from skills.devops.evidence import Blindness, blindness
from skills.devops.monitoring.logs.scanning import Scan, scan
from store.values import Json

_FRESH = timedelta(seconds=30)
_LEAD = timedelta(minutes=15)
_SECONDS = 12.0
_LINES = 20_000


@dataclass(frozen=True)
class PodLog:
    """What a container has said; or, with `unavailable`, why it could not be read."""

    source: str
    """Such as `logs/payment-service-7d9/app`; a previous run's ends in `/previous`."""
    lines: tuple[LogLine, ...] = ()
    unavailable: Blindness | None = None

    @cached_property
    def data(self) -> bytes:
        """The text, a line a line, without the cluster's timestamps."""
        return "\n".join(line.text for line in self.lines).encode()

    @cached_property
    def scanned(self) -> Scan:
        """The signatures' hits in it."""
        return scan(self.source, self.data)


@dataclass(frozen=True, slots=True)
class _Read:
    """The logs of an incident as one step has read them."""

    at: datetime
    logs: tuple[PodLog, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    pod: str
    container: str
    previous: bool

    @property
    def source(self) -> str:
        return f"logs/{self.pod}/{self.container}" + ("/previous" if self.previous else "")


async def read_logs(context: Context) -> tuple[PodLog, ...]:
    """Read all logs of the site's workloads at once, from shortly before the onset on."""
    found = await asyncio.gather(*(_workload(context, name) for name in context.site.workloads))
    logs = tuple(log for logs in found for log in logs)
    context.scratch.leave(_Read(context.now(), logs))
    return logs


async def reread_logs(context: Context) -> tuple[PodLog, ...]:
    """Return the logs that the step before has just read, else read them."""
    read = context.scratch.take(_Read)
    fresh = read is not None and context.now() - read.at <= _FRESH
    return read.logs if read and fresh else await read_logs(context)


async def _workload(context: Context, name: str) -> Sequence[PodLog]:
    try:
        async with asyncio.timeout(_SECONDS):
            deployment = await context.cluster.get(context.site.deployment(name))
            pods = await pods_of(context, deployment)
    except (Failure, TimeoutError) as failure:
        return (PodLog(f"logs/{name}", unavailable=blindness(failure, _SECONDS)),)
    wanted = [each for pod in pods for each in _containers(pod)]
    return await asyncio.gather(*(_read(context, each) for each in wanted))


def _containers(pod: Json) -> list[_Wanted]:
    """Return a pod's containers, and the former runs of those that were started anew."""
    name = str(pod["metadata"]["name"])
    restarted = {container.name for container in pod_health(pod).containers if container.restarts}
    wanted = []
    for container in pod["spec"].get("containers") or ():
        wanted.append(_Wanted(name, container["name"], previous=False))
        if container["name"] in restarted:
            wanted.append(_Wanted(name, container["name"], previous=True))
    return wanted


async def _read(context: Context, wanted: _Wanted) -> PodLog:
    since = (context.incident.onset_at or context.incident.reported_at) - _LEAD
    options = LogOptions(
        container=wanted.container,
        previous=wanted.previous,
        since=None if wanted.previous else since,
        tail=_LINES,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            lines = await context.cluster.logs(context.site.namespace, wanted.pod, options)
    except (Refused, NotFound):
        return PodLog(wanted.source)  # not started yet, or no former run is kept: nothing was said
    except (Failure, TimeoutError) as failure:
        return PodLog(wanted.source, unavailable=blindness(failure, _SECONDS))
    return PodLog(wanted.source, tuple(lines))
