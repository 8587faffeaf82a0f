"""The world's two measures of time: instants that are stamped, and seconds that delays last on the wall."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


def stamp(at: datetime) -> str:
    """Write an instant as the API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Pace:
    """Runs with the world's clock; its delays are the wall's, so that a drill is short at any speed of that clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now

    @staticmethod
    def seconds() -> float:
        """A count of seconds that delays are measured by."""
        return time.monotonic()
