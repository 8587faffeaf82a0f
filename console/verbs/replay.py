"""`astreinte replay INC|FILE [--plain] [--at T]`: play it back, offline. No client is even imported."""

import asyncio
import sys
from argparse import Namespace
from pathlib import Path

from console.clock import system_clock
from console.config import UsageError
from console.plain import timeline
from console.replay import ReplayFeed
from console.verbs.console import store_directory
from store.archive import read_archive
from store.feed import LogEntry
from store.fold import fold
from store.ledger import LocalLedger
from store.recorded import Recorded
from store.recorded_lines import in_order


def run(options: Namespace) -> int:
    """Show the recorded incident in the live console's screens."""
    path = Path(options.incident)
    records, lines = read_archive(path) if path.is_file() else asyncio.run(_load(options))
    incident = fold(records)
    if incident is None:
        raise UsageError(f"{options.incident}: opens no incident")
    feed = ReplayFeed(records, lines, incident.time_zone)
    if options.at and not feed.transport.seek(options.at):
        raise UsageError(f"--at {options.at}: neither a time, an event's number, nor a text of this incident")
    if options.plain or not sys.stdout.isatty():
        print(*timeline(records[: feed.transport.position] if options.at else records), sep="\n")
        return 0
    from console.front import run_replay

    return run_replay(feed, getattr(options, "lang", None))


async def _load(options: Namespace) -> tuple[list[Recorded], list[LogEntry]]:
    ledger = LocalLedger(store_directory(options), system_clock)
    return list(await ledger.read(options.incident)), in_order(ledger.lines(options.incident).read())
