"""What a flood of logs costs the keys and the memory: `python -m tests.bench.pane_bench`.

The real console in a pty, over the real client, on a loopback cluster of another process whose pods write 5,000
lines a second. The keys' latency is that from a key press to its picture on the screen; idle and load take turns.
"""

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from store.ledger import LocalLedger
from tests.bench.store_bench import Figure, shown
from tests.journeys.stage import ASTREINTE, environment
from tests.journeys.terminal import Terminal
from tests.support.journals import SteppingClock

RATE = 5_000
KEPT = 200_000
PODS = 3
ROUNDS = 3
LOAD_SECONDS = 12
PRESSES = 30
SLOWEST_RATIO, MOST_MEGABYTES, MOST_IDLE_BYTES = 1.5, 120.0, 400.0
_PATIENCE = 120.0
_MAIL = b"""From: support@shop.example
Message-ID: <flood@shop.example>
Date: Thu, 09 Jan 2025 11:30:00 +0100
Subject: URGENT - Paiements bloques

Plus aucun paiement ne passe, erreur 500 pour tous les clients.
"""
_CONFIG = """[mailbox]
maildir = "{maildir}"

[[clients]]
name = "shop.example"
domains = ["shop.example"]
kubeconfig = "{kubeconfig}"
context = "ovh-1"
namespace = "client-existant"
workloads = ["payment-service"]

[clients.stripe]
base_address = "{stripe}"

[clients.smoke_test]
url = "http://127.0.0.1:9/test-payment"
health_url = "http://127.0.0.1:9/healthz"
"""
"""All that a console loads is loaded: the mail is read, the cluster and Stripe are asked (the shop is not there)."""


@dataclass
class Bench:
    """A console in a terminal, the cluster that it looks at, and the store that it writes."""

    console: Terminal
    cluster: "Pods"
    store: Path
    chance: random.Random = field(default_factory=lambda: random.Random(3))
    sent: int = 0

    def pods_write(self, lines: int, rate: int) -> Callable[[], None]:
        """Have the pods write; return what waits for the last line."""
        self.sent += lines
        return self.cluster.write(lines, rate)

    def latencies(self, presses: int) -> list[float]:
        """Press keys that move the focus; return how long each took to be seen, in milliseconds."""
        found = []
        for number in range(presses):
            time.sleep(self.chance.uniform(0.15, 0.35))  # a person's pace, at no fixed beat of the console's own
            key, title = (("3", "▌ 3 Finding"), ("1", "▌ 1 Queue"))[number % 2]
            began = time.perf_counter()
            self.console.press(key)
            self.console.until(title)
            found.append((time.perf_counter() - began) * 1000)
        return found

    def taken(self) -> int:
        """Return how many lines the console has taken in, read from what it recorded; its notes are not counted."""
        ledger = LocalLedger(self.store, SteppingClock())
        (incident,) = (summary.incident for summary in ledger.summaries())
        lines = ledger.lines(incident).read()
        ledger.close()
        return sum(int(line.text) if line.note == "dropped" else not line.note for line in lines)

    def until_taken(self, lines: int) -> None:
        """Wait until the console has as many lines."""
        deadline = time.monotonic() + _PATIENCE
        while self.taken() < lines:
            assert time.monotonic() < deadline, f"{self.taken()} of {lines} lines came"
            time.sleep(0.5)

    def megabytes(self, what: str) -> float:
        """Return the console's resident memory (`VmRSS`), or the most that it ever was (`VmHWM`)."""
        status = Path(f"/proc/{self.console.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(what))

    def idle_bytes(self, seconds: float) -> float:
        """Return how many bytes a second the terminal is sent while nothing happens."""
        before = len(self.console.received)
        time.sleep(seconds)
        return (len(self.console.received) - before) / seconds


@dataclass
class Pods:
    """A cluster in a process of its own, whose pods write on command."""

    process: "subprocess.Popen[str]"
    stripe: str

    def write(self, lines: int, rate: int) -> Callable[[], None]:
        """Have them write so many lines, so many a second; return what waits for the last one."""
        assert self.process.stdin
        assert self.process.stdout
        answers = self.process.stdout
        self.process.stdin.write(f"{lines} {rate}\n")
        self.process.stdin.flush()

        def written() -> None:
            assert answers.readline() == "done\n"

        return written


@contextmanager
def running_pods(directory: Path, pods: int) -> Iterator[Pods]:
    """Start a cluster with so many pods; its kubeconfig lies in the directory."""
    command = [sys.executable, "-m", "tests.bench.pane_world", str(directory), str(pods)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said, stripe = process.stdout.readline().split()
    assert said == "ready"
    try:
        yield Pods(process, stripe)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def mailed_console(directory: Path, stripe: str) -> Iterator[tuple[Terminal, Path]]:
    """Have a mail open an incident in a console, which shows its logs; yield it with its store."""
    config, store, maildir = directory / "astreinte.toml", directory / "store", directory / "Maildir"
    filled = _CONFIG.format(maildir=maildir, kubeconfig=directory / "kubeconfig", stripe=stripe)
    config.write_text(filled, encoding="utf-8")
    for folder in ("new", "cur", "tmp"):
        (maildir / folder).mkdir(parents=True)
    (maildir / "new" / "1.flood.shop").write_bytes(_MAIL)
    command = [*ASTREINTE, "--config", str(config), "--store", str(store), "--lang", "en"]
    console = Terminal(command, 120, 40, environment(directory))
    try:
        console.until("3 Finding", 30)
        yield console, store
    finally:
        console.close()


def measured(bench: Bench) -> Iterator[Figure]:
    """Yield the figures."""
    bench.pods_write(300, 1_000)()
    bench.console.until("POST /pay", 30)
    time.sleep(5)  # the diagnosis comes to its end
    bench.latencies(6)
    idle, loaded = list[float](), list[float]()
    yield Figure("resident before the flood", bench.megabytes("VmRSS"), "MB")
    yield Figure("bytes to an idle terminal", bench.idle_bytes(5), "B/s", MOST_IDLE_BYTES)
    taken, seconds = 0, 0.0
    for _ in range(ROUNDS):
        idle += bench.latencies(PRESSES)
        before, began = bench.taken(), time.monotonic()
        written = bench.pods_write(RATE * LOAD_SECONDS, RATE)
        loaded += bench.latencies(PRESSES)
        written()
        bench.until_taken(before + RATE * LOAD_SECONDS)
        taken, seconds = taken + RATE * LOAD_SECONDS, seconds + time.monotonic() - began
    yield Figure("lines taken, to the last one on disk", taken / seconds, "lines/s")
    yield from compared(idle, loaded)
    yield from remembered(bench)


def compared(idle: Sequence[float], loaded: Sequence[float]) -> Iterator[Figure]:
    """Yield the keys' latency, idle and under load, and the ratio of the two."""
    for name, found in (("idle", idle), ("5,000 lines/s", loaded)):
        yield Figure(f"key to picture, {name}: median", statistics.median(found), "ms")
        yield Figure(f"key to picture, {name}: 90 %", statistics.quantiles(found, n=10)[-1], "ms")
    ratio = statistics.median(loaded) / statistics.median(idle)
    yield Figure("key to picture, under load over idle", ratio, "times", SLOWEST_RATIO)


def remembered(bench: Bench) -> Iterator[Figure]:
    """Fill the log, then yield what the console's memory holds."""
    if missing := KEPT + 10_000 - bench.sent:
        bench.pods_write(max(missing, 0), RATE)()
    bench.until_taken(bench.sent)
    yield Figure("resident with 200,000 lines", bench.megabytes("VmRSS"), "MB")
    yield Figure("the most it ever was", bench.megabytes("VmHWM"), "MB", MOST_MEGABYTES)
    bench.console.press("4", "b")
    bench.console.until(r"\d+ patterns", _PATIENCE)
    bench.console.until("<number>", _PATIENCE)
    yield Figure("the most, with the patterns counted", bench.megabytes("VmHWM"), "MB", MOST_MEGABYTES)


def main() -> int:
    """Print the figures; return 1 where a limit is missed."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_pods(Path(directory), PODS) as cluster,
        mailed_console(Path(directory), cluster.stripe) as (console, store),
    ):
        bench = Bench(console, cluster, store)
        missed = False
        for figure in measured(bench):
            sys.stdout.write(f"{shown(figure)}\n")
            sys.stdout.flush()
            missed |= figure.most is not None and figure.value > figure.most
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
