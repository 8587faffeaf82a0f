"""Writers on one store, killed at random moments: `python -m tests.campaign.writers DIR KILLS SEED`.

A process of its own forks them, so that each has the libraries at once and no thread is lost. It writes
what was acknowledged, as JSON: `{"kills": 200, "acknowledged": ["…"], "desk": ["…"]}`.
"""

import asyncio
import json
import os
import random
import select
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from store.errors import Conflict
from store.feed import LogEntry
from store.ledger import LocalLedger
from tests.support.journals import INCIDENT, note

AT_ONCE = 4
_LONGEST_SECONDS = 0.08


def clock() -> datetime:
    return datetime.now(UTC)


async def write(directory: Path, name: str, acknowledge: int) -> None:
    """Append until killed; tell of each event once it was acknowledged, and only then."""
    ledger, chance = LocalLedger(directory, clock), random.Random(name)
    seq, number = 0, 0
    while True:
        number += 1
        text = f"{name}.{number}"
        event = note(text + " " * chance.choice((0, 10, 5000)))
        while True:
            try:
                seq = (await ledger.append(INCIDENT, [event], expected_seq=seq, actor=name))[-1].seq
                break
            except Conflict as conflict:
                seq = conflict.seq
        os.write(acknowledge, f"{text}\n".encode())
        if number % 3 == 0:
            await ledger.append_desk([note(text)], expected_seq=None, actor=name)
            os.write(acknowledge, f"desk {text}\n".encode())
        ledger.lines(INCIDENT).append([LogEntry(clock(), "pod", text)])
        if number % 5 == 0:
            ledger.summaries()


def start(directory: Path, name: str) -> tuple[int, int]:
    """Fork a writer; return its process and the pipe of its acknowledgements."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        asyncio.run(write(directory, name, writing))
    os.close(writing)
    return process, reading


class Campaign:
    """Keeps writers at work and kills each after a random while."""

    def __init__(self, directory: Path, kills: int, seed: int) -> None:
        self.directory, self.kills, self.chance = directory, kills, random.Random(seed)
        self.said: list[str] = []
        self.started = 0
        self._due: dict[int, tuple[float, int]] = {}
        self._parts: dict[int, bytes] = {}

    def run(self) -> None:
        while self.started < self.kills or self._due:
            while self.started < self.kills and len(self._due) < AT_ONCE:
                self._start()
            ready, _, _ = select.select(list(self._due), [], [], 0.001)
            for pipe in ready:
                self._parts[pipe] += os.read(pipe, 1 << 16)
            for pipe in [pipe for pipe, (due, _) in self._due.items() if due <= time.monotonic()]:
                self._kill(pipe)

    def _start(self) -> None:
        self.started += 1
        process, pipe = start(self.directory, f"w{self.started}")
        self._due[pipe] = (time.monotonic() + self.chance.uniform(0, _LONGEST_SECONDS), process)
        self._parts[pipe] = b""

    def _kill(self, pipe: int) -> None:
        _, process = self._due.pop(pipe)
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL, "a writer ended by itself"
        while part := os.read(pipe, 1 << 16):
            self._parts[pipe] += part
        os.close(pipe)
        self.said += self._parts.pop(pipe).decode().splitlines()


def main() -> None:
    directory, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    campaign = Campaign(directory, kills, seed)
    campaign.run()
    desk = [line.removeprefix("desk ") for line in campaign.said if line.startswith("desk ")]
    events = [line for line in campaign.said if not line.startswith("desk ")]
    json.dump({"kills": campaign.started, "acknowledged": events, "desk": desk}, sys.stdout)


if __name__ == "__main__":
    main()
