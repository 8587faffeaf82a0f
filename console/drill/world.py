"""`python -m console.drill.world`: the loopback world, in a process of its own that outlives the console.

It takes the lock that says it is alive, leaves the console's session, serves, and ends by itself when unused.
"""

import argparse
import asyncio
import fcntl
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Detach and live until stopped or unused; exit 3 where a world lives there already."""
    options = _parser().parse_args(arguments)
    from console.drill.places import Places

    where = Places(options.state)
    alive = where.alive.open("a")
    try:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write(f"{where.state}: a world lives there already\n")
        return 3
    if os.fork():
        os._exit(0)  # the child holds the lock on; no clean-up of ours may run twice
    os.setsid()
    asyncio.run(_live(options))
    shutil.rmtree(where.state, ignore_errors=True)
    alive.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m console.drill.world", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="directory for its files")
    parser.add_argument("--scenario", required=True)
    parser.add_argument("--speed", type=float, default=1.0, help="the clock's factor")
    parser.add_argument("--idle-minutes", type=float, default=15.0, help="end after so long without a request")
    parser.add_argument("--not-before", type=datetime.fromisoformat, default=None, help="the clock's earliest start")
    return parser


async def _live(options: argparse.Namespace) -> None:
    from console.drill.life import live
    from console.drill.scenario import load

    await live(load(options.scenario), options.state, options.speed, options.idle_minutes * 60, options.not_before)


if __name__ == "__main__":
    sys.exit(main())
