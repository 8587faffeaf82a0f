"""The instant: the machine's, or the drill's, which runs on from the scenario's."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the machine's instant, in UTC."""
    return datetime.now(UTC)
