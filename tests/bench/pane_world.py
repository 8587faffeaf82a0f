"""A cluster whose pods write logs on command: `python -m tests.bench.pane_world DIRECTORY PODS`.

Writes DIRECTORY/kubeconfig and prints `ready` with the address of a Stripe that knows the pods' key to have expired.
Each line of its input is a number of lines and how many a second
it is to write them; it answers `done` once they are written.
"""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tests.support import loopback as on

_SLICE_SECONDS = 0.05


class WallClock(on.Clock):
    """The machine's own."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def spoken() -> Iterator[str]:
    """What a payment service writes: an access log, JSON, plain text, errors among them."""
    for n in count():
        yield f'10.0.{n % 7}.{n % 251} - - "GET /health HTTP/1.1" 200 {n % 900} "-" "kube-probe/1.29"'
        yield f'{{"level":30,"msg":"POST /pay 200","reqId":"req_{n:08x}","ms":{n % 400},"basket":{n * 7919}}}'
        yield f"INFO  checkout basket {n * 31 % 99_991} of {n % 12} articles priced at {n % 1_000},{n % 100:02} EUR"
        yield f"ERROR POST /pay 500 StripeAuthenticationError: Expired API Key provided, request req_{n:08x}"


async def serve(directory: Path, pods: int) -> None:
    """Serve until the input ends."""
    clock = WallClock()
    async with on.loopback_stripe(clock) as stripe, on.loopback_cluster(clock, directory) as cluster:
        cluster.world.create(on.secret(on.SECRET, key=stripe.issue(state="expired").get_secret_value()))
        cluster.world.create(on.deployment(replicas=pods))
        await cluster.until_ready(pods)
        print(f"ready {stripe.base}", flush=True)  # noqa: T201 it is asked for
        lines = spoken()
        while order := await asyncio.to_thread(sys.stdin.readline):
            total, rate = (int(word) for word in order.split())
            await write(cluster, lines, total, rate)
            print("done", flush=True)  # noqa: T201 it is asked for


async def write(cluster: on.LoopbackCluster, lines: Iterator[str], total: int, rate: int) -> None:
    """Have the pods write so many lines, so many a second."""
    loop = asyncio.get_running_loop()
    begun, written, pods = loop.time(), 0, cluster.names()
    while written < total:
        due = min(total, int((loop.time() - begun + _SLICE_SECONDS) * rate))
        for number in range(written, due):
            cluster.world.append_log(on.NAMESPACE, pods[number % len(pods)], next(lines))
        written = due
        await asyncio.sleep(_SLICE_SECONDS)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
