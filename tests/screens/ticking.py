"""Runs the app on a feed that stands still but for its clock: `python -m tests.screens.ticking`."""

import time
from datetime import datetime, timedelta

from console.app import ConsoleApp
from tests.screens.fixed_feed import FixedFeed, at_minute


class TickingFeed(FixedFeed):
    """Its clock runs with the machine's."""

    def now(self) -> datetime:
        return self.at + timedelta(seconds=int(time.monotonic() - _STARTED))


_STARTED = time.monotonic()

if __name__ == "__main__":
    still = at_minute(20)
    ConsoleApp(TickingFeed(still.at, still.written, still.queue, still.entries), "fr").run(mouse=False)
