"""`astreinte approve INC DIGEST`: a second person's approval of exactly this plan."""

import asyncio
import sys
from argparse import Namespace

from console.config import UsageError, load_config
from console.session import Session
from console.verbs.console import config_file, store_directory
from console.wiring import build_world
from store.commands import Approve


def run(options: Namespace) -> int:
    """Approve; exit 1 where it is refused."""
    return asyncio.run(_run(options))


async def _run(options: Namespace) -> int:
    session = Session(build_world(load_config(config_file(options)), store_directory(options)))
    case = await session.case(options.incident)
    plans = [plan.digest for plan in case.incident.plans if plan.digest.startswith(options.digest)]
    if len(plans) != 1 or len(options.digest) < 8:
        raise UsageError(f"{options.digest}: no plan of {options.incident} has this digest (give at least 8 digits)")
    refusal = await session.submit(Approve(incident=options.incident, digest=plans[0]))
    if refusal:
        print(f"astreinte: refused: {refusal.key} {refusal.detail}".rstrip(), file=sys.stderr)
        return 1
    print(f"{options.incident}: plan {plans[0][:12]} approved by {session.world.user}")
    return 0
