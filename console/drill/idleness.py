"""When a world may end: nobody has asked it anything for a while."""

import asyncio
import time


class Usage:
    """Counts the requests under way, and remembers when the last one ended."""

    def __init__(self) -> None:
        self._under_way = 0
        self._last = time.monotonic()

    def touch(self, change: int) -> None:
        """A request began (+1) or ended (-1)."""
        self._under_way += change
        self._last = time.monotonic()

    def idle_seconds(self) -> float:
        """Seconds on the wall since anybody asked for anything; 0 while a request or a stream runs."""
        return 0.0 if self._under_way else time.monotonic() - self._last

    async def unused(self, seconds: float) -> None:
        """Return once nothing was asked for so long."""
        while (left := seconds - self.idle_seconds()) > 0:  # noqa: ASYNC110 (it is the absence of events that counts)
            await asyncio.sleep(min(left, 30.0) + 0.01)
