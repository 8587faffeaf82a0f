"""`astreinte intake FILE… | - [--json]`: put mails in the queue. A line is printed once it is on disk."""

import asyncio
import json
from argparse import Namespace

from console.config import load_config
from console.intake import take_in
from console.verbs.console import config_file, store_directory
from console.verbs.triage import read_files
from console.wiring import build_world


def run(options: Namespace) -> int:
    """Take each mail in, in the order of the arguments."""
    return asyncio.run(_run(options))


async def _run(options: Namespace) -> int:
    world = build_world(load_config(config_file(options)), store_directory(options))
    for name, raw in read_files(options.files):
        taken = await take_in(world, raw, source=f"file:{name}")
        row = {"file": name, "report": taken.report, "incident": taken.incident, "priority": taken.priority}
        print(
            json.dumps(row, ensure_ascii=False) if options.json else "  ".join(str(v or "-") for v in row.values()),
            flush=True,
        )
    return 0
