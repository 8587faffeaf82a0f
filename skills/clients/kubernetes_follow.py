"""A pod's log: read once, or followed over broken links without losing or repeating a line."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from skills.clients.cluster import Break, Forbidden, LogLine, LogOptions, NotFound
from skills.clients.kubernetes_connection import Connection
from skills.clients.kubernetes_errors import Silent
from skills.contract import Failure, Unavailable
from store.values import Json

Position = tuple[str, int]
"""Second and nanosecond of a line, as the cluster stamped it; finer than `datetime` can say."""


def log_query(options: LogOptions) -> list[tuple[str, str]]:
    """Return the query of a log request, with timestamps asked for."""
    asked = {
        "container": options.container,
        "previous": "true" if options.previous else None,
        "sinceTime": _rfc3339(options.since) if options.since else None,
        "tailLines": options.tail,
        "limitBytes": options.limit_bytes,
    }
    return [("timestamps", "true"), *((name, str(value)) for name, value in asked.items() if value is not None)]


def read_line(raw: bytes) -> LogLine:
    """Return a line with its instant; with none where the server stamped none."""
    text = raw.decode("utf-8", errors="replace").rstrip("\r")
    stamp, _, rest = text.partition(" ")
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return LogLine(None, text)
    return LogLine(at, rest) if at.tzinfo else LogLine(None, text)


class Follower:
    """One container's log from where it stands on; knows what it has passed on already.

    The server takes a whole second as the place to go on from, so lines up to the last one are passed over.
    """

    def __init__(
        self, connection: Connection, namespace: str, pod: str, options: LogOptions, on_break: Break | None
    ) -> None:
        self._connection, self._options = connection, options
        self._pod_path = f"/api/v1/namespaces/{namespace}/pods/{pod}"
        self._tell = on_break or (lambda _reason: None)
        self._last: Position | None = None
        self._at: datetime | None = None
        self._same = 0
        self._failures = 0

    async def lines(self) -> AsyncIterator[LogLine]:
        """Yield the lines; ends once the container has ended."""
        incarnation = await self._incarnation()
        while True:
            try:
                async for line in self._stream():
                    yield line
                if incarnation is None or await self._incarnation() != incarnation:
                    return
            except Silent as silence:
                await self._look_back(silence)
                continue  # quiet or hanging: asking again from the last line costs little and loses nothing
            except (Forbidden, NotFound):
                raise
            except Unavailable as broken:
                self._failures += 1
                self._tell(broken.detail or broken.title)
            await asyncio.sleep(self._connection.timing.pause(self._failures))

    async def _look_back(self, silence: Silent) -> None:
        """Tell of a silence in which the log went on: then the stream hung; else the container was quiet."""
        query = log_query(LogOptions(container=self._options.container, tail=1))
        try:
            reply = await self._connection.send("GET", self._pod_path + "/log", query)
        except Failure:
            return  # the next attempt to follow meets it too, and says so
        newest = _position(reply.body)
        if newest is not None and self._last is not None and newest > self._last:
            self._failures += 1
            self._tell(silence.detail)

    async def _stream(self) -> AsyncIterator[LogLine]:
        options = self._options
        if self._at is not None:
            options = LogOptions(container=options.container, since=self._at.replace(microsecond=0))
        query = [*log_query(options), ("follow", "true")]
        passing, repeated = self._last, self._same
        async with self._connection.stream(self._pod_path + "/log", query, self._connection.timing.follow_idle) as raw:
            if self._failures:
                self._failures = 0
                self._tell("")
            async for line in raw:
                place = _position(line)
                if passing is not None and place is not None:
                    if place < passing or (place == passing and repeated > 0):
                        repeated -= place == passing
                        continue
                    passing = None
                found = read_line(line)
                self._advance(place, found)
                yield found

    def _advance(self, place: Position | None, line: LogLine) -> None:
        if place is None:
            return
        self._same = self._same + 1 if place == self._last else 1
        self._last, self._at = place, line.at

    async def _incarnation(self) -> tuple[str, int] | None:
        """Return which run of the container there is; None where it is not running, or its pod is gone."""
        try:
            pod = (await self._connection.send("GET", self._pod_path)).json()
        except NotFound:
            if self._last is None:
                raise
            return None
        for status in _statuses(pod):
            if self._options.container in (None, status.get("name")):
                running = "running" in status.get("state", {})
                return (str(status.get("containerID", "")), int(status.get("restartCount", 0))) if running else None
        return None


def _statuses(pod: Json) -> list[Json]:
    status = pod.get("status", {})
    return [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]


def _position(raw: bytes) -> Position | None:
    """Return a line's place in time to the nanosecond; None where it has no timestamp."""
    stamp = raw[:40].partition(b" ")[0].decode("ascii", errors="replace")
    whole, dot, rest = stamp.partition(".")
    if len(whole.removesuffix("Z")) < 19 or whole[4:5] != "-":
        return None
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))] if dot else ""
    return whole[:19], int(digits.ljust(9, "0")[:9] or 0)


def _rfc3339(at: datetime) -> str:
    offset = at.utcoffset() or timedelta()
    return (at - offset).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
