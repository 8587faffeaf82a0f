"""A bell: whoever listens hears that something has changed, without polling."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """Rung by those who change something, heard by streams that follow it."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Wake every listener."""
        for listener in self._listeners:
            listener.set()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """Give an event that each ring sets; the listener clears it."""
        heard = asyncio.Event()
        self._listeners.add(heard)
        try:
            yield heard
        finally:
            self._listeners.discard(heard)


async def heard_within(heard: asyncio.Event, seconds: float) -> bool:
    """Wait for a ring for at most so long; True where there was one."""
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await heard.wait()
    except TimeoutError:
        return False
    return True
