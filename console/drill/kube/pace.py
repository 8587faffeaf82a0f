"""The world's two measures of time: instants that are stamped, and seconds that delays last."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


def stamp(at: datetime) -> str:
    """Write an instant as the API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Pace:
    """Runs with the world's clock; or, while the past is played, from delay to delay without waiting."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._past: datetime | None = None
        self._elapsed = 0.0

    def now(self) -> datetime:
        """The instant to stamp."""
        return self._clock() if self._past is None else self._past + timedelta(seconds=self._elapsed)

    def seconds(self) -> float:
        """A count of seconds that delays are measured by."""
        return time.monotonic() if self._past is None else self._elapsed

    @contextmanager
    def past(self, at: datetime) -> Iterator[None]:
        """Stand at an instant; `skip` moves on from there."""
        self._past, self._elapsed = at, 0.0
        try:
            yield
        finally:
            self._past = None

    def skip(self, to: float) -> None:
        """Move on, in the past, to a count of seconds."""
        self._elapsed = max(self._elapsed, to)
