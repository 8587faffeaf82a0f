"""A Kubernetes cluster, as far as an on-call engineer needs it.

Objects are plain JSON as the server sends them. Every method raises `Unavailable` where the cluster
can't be reached or does not let us look; `NotFound`, `Conflict`, `Refused` say the rest.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skills.contract import Failure, Unavailable
from store.plan import ObjectRef, PatchType
from store.values import Json


class NotFound(Failure):
    """There is no such object."""


class Conflict(Failure):
    """The object has changed since it was read (HTTP 409)."""


class Refused(Failure):
    """The server does not accept the request (HTTP 400, 422)."""


class Forbidden(Unavailable):
    """The operator may not (HTTP 403)."""


@dataclass(frozen=True, slots=True)
class LogOptions:
    """Which part of a log. `since` is an instant, `tail` a number of lines."""

    container: str | None = None
    previous: bool = False
    since: datetime | None = None
    tail: int | None = None
    limit_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a pod's log, with the instant at which the cluster received it."""

    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A held Lease. `holder` is who holds it now; ours where `held`."""

    held: bool
    holder: str
    name: str


Break = Callable[[str], None]
"""Told why a stream was cut, and the empty string once it goes on."""


class Cluster(Protocol):
    """Reads, asks, and (for `execute.py` alone) writes."""

    async def get(self, ref: ObjectRef) -> Json:
        """Return the object."""

    async def items(self, api: str, kind: str, namespace: str, *, labels: str = "", fields: str = "") -> list[Json]:
        """Return the objects that match the selectors; all pages."""

    def watch(
        self, api: str, kind: str, namespace: str, *, labels: str = "", on_break: Break | None = None
    ) -> AsyncIterator[tuple[str, Json]]:
        """Yield `(ADDED|MODIFIED|DELETED, object)`, those that exist first; resumes by itself, ends never.

        Raises:
            Forbidden: the operator may not.
            NotFound: the server knows no such kind.
        """

    async def logs(self, namespace: str, pod: str, options: LogOptions = LogOptions()) -> list[LogLine]:
        """Return the lines of a pod's log."""

    def follow(
        self, namespace: str, pod: str, options: LogOptions = LogOptions(), *, on_break: Break | None = None
    ) -> AsyncIterator[LogLine]:
        """Yield a pod's log as it grows, each line once however often the link breaks; ends with the container.

        Raises:
            Forbidden: the operator may not.
            NotFound: there is no such pod.
            Refused: the container has not started yet.
        """

    async def may(self, verb: str, ref: ObjectRef, subresource: str = "") -> tuple[bool, str]:
        """Return whether the operator may, and the server's reason."""

    async def ping(self) -> float:
        """Return the round trip to the API server in seconds."""

    async def server_time(self) -> datetime:
        """Return the API server's clock, from its Date header."""

    async def patch(
        self, ref: ObjectRef, patch: Json, patch_type: PatchType, *, version: str = "", dry_run: bool = False
    ) -> Json:
        """Patch the object and return it; with `version` only if that is still its resourceVersion.

        A dry run changes nothing and is free; the rest is for `execute.py`.
        """

    async def acquire(self, namespace: str, name: str, holder: str, seconds: int) -> Lease:
        """Take or renew a Lease; `held` is False where another holds it."""

    async def release(self, namespace: str, name: str, holder: str) -> None:
        """Give a Lease back, if it is ours."""

    async def close(self) -> None:
        """Close the connections."""
