"""`astreinte import FILE`: take in a replay file; `purge --client X --before DATE`: erase a client's data."""

import asyncio
import json
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from console.clock import system_clock
from console.config import UsageError
from console.verbs.console import store_directory
from store.archive import import_replay
from store.erasure import purge
from store.ledger import LocalLedger


def run(options: Namespace) -> int:
    """Import or purge."""
    ledger = LocalLedger(store_directory(options), system_clock)
    if hasattr(options, "file"):
        incident = import_replay(ledger, options.file)
        print(json.dumps({"incident": incident}) if options.json else f"{incident} taken in from {options.file}")
        return 0
    return asyncio.run(_purge(ledger, options))


async def _purge(ledger: LocalLedger, options: Namespace) -> int:
    """Erase, remove the published documents, and say what was left; exit 1 where something is still under work."""
    done = await purge(ledger, options.client, _instant(options.before))
    for path in map(Path, done.documents):
        path.unlink(missing_ok=True)
    if options.json:
        print(json.dumps({"incidents": done.incidents, "reports": done.reports, "left": done.left}))
    else:
        print(f"{options.client}: {len(done.incidents)} incidents and {len(done.reports)} reports erased")
    if done.left:
        print(f"astreinte: not erased, for they are under work: {', '.join(done.left)}", file=sys.stderr)
    return 1 if done.left else 0


def _instant(text: str) -> datetime:
    """Read a date or an instant; one without a zone is UTC.

    Raises:
        UsageError: it is neither.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--before {text}: write it as 2025-01-31 or 2025-01-31T12:00:00+01:00") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
