"""What the store costs, as ratios to the bare work, in one run: `python -m tests.bench.store_bench`.

Events are of 500 bytes. Each contender takes its turn in each round, so that a busy disk is busy for all.
"""

import asyncio
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tinydb import JSONStorage, TinyDB

from store.events import NoteAdded
from store.fold import fold
from store.incident_journal import EventJournal
from store.ledger import LocalLedger
from tests.support.journals import AT, INCIDENT, opening

MANY = 10_000
ROUNDS, WARM_UP, SLOW_ROUNDS = 200, 20, 5
EVENT = NoteAdded(text="x" * 277, by="lea")
"""Its journal line takes 500 bytes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure; `most` is what it may be at most, where it is promised."""

    name: str
    value: float
    unit: str
    most: float | None = None


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def medians(contenders: Sequence[Callable[[], object]], rounds: int, warm_up: int) -> list[float]:
    """Return the median seconds of each, taken in turn."""
    taken = [[seconds(work) for work in contenders] for _ in range(warm_up + rounds)][warm_up:]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


class Appends:
    """The same 500 bytes put on disk by the journal, by bare calls, by TinyDB's own storage and by SQLite."""

    def __init__(self, directory: Path, size: int) -> None:
        self.journal = filled(directory / "log.journal", size)
        self.bare = os.open(directory / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.line = self.journal.path.read_bytes().splitlines(keepends=True)[-1]
        self.row = self.journal.rows()[size]
        (directory / "json").write_text(json.dumps({"_default": {str(n): self.row for n in range(1, size + 1)}}))
        self.tinydb = TinyDB(directory / "json", storage=JSONStorage)
        self.sqlite = sqlite3.connect(directory / "sqlite", isolation_level=None)
        self.sqlite.execute("pragma journal_mode = wal")
        self.sqlite.execute("pragma synchronous = full")
        self.sqlite.execute("create table events (seq integer primary key, row text)")
        self.sqlite.executemany("insert into events (row) values (?)", ((self.line.decode(),) for _ in range(size)))

    def by_journal(self) -> None:
        self.journal.append([EVENT], None, AT, "lea")

    def by_bare_calls(self) -> None:
        os.write(self.bare, self.line)
        os.fsync(self.bare)

    def by_sqlite(self) -> None:
        self.sqlite.execute("insert into events (row) values (?)", (self.line.decode(),))

    def by_json_storage(self) -> None:
        self.tinydb.insert(self.row)

    def close(self) -> None:
        self.journal.close()
        os.close(self.bare)
        self.tinydb.close()
        self.sqlite.close()


def filled(path: Path, size: int) -> EventJournal:
    """Return a journal of so many events, a line each, as if each had been appended alone."""
    journal = EventJournal(path, create=True)
    journal.append([opening(INCIDENT, "report-1")], None, AT, "lea")
    while size > 1:
        batch = min(size - 1, 100)
        journal.append([EVENT] * batch, None, AT, "lea")
        size -= batch
    journal.database.journaled.compact()
    return journal


def appending(directory: Path) -> list[Figure]:
    figures: list[Figure] = []
    costs = []
    for size in (10, MANY):
        (directory / str(size)).mkdir()
        appends = Appends(directory / str(size), size)
        fast = (appends.by_journal, appends.by_bare_calls, appends.by_sqlite)
        ours, bare, sqlite = medians(fast, ROUNDS, WARM_UP)
        ours_slow, json_storage = medians((appends.by_journal, appends.by_json_storage), SLOW_ROUNDS, 1)
        appends.close()
        costs.append(ours)
        figures += [
            Figure(f"append at {size:,} events", ours * 1000, "ms"),
            Figure(f"append at {size:,} events / write + fsync of the same bytes", ours / bare, "×", 2),
            Figure(f"append at {size:,} events / SQLite, WAL, synchronous = FULL", ours / sqlite, "×"),
            Figure(f"TinyDB's JSON storage at {size:,} documents / append", json_storage / ours_slow, "×"),
        ]
    return [*figures, Figure(f"append at {MANY:,} events / at 10", costs[1] / costs[0], "×")]


def opening_one(directory: Path) -> list[Figure]:
    """Open an incident of 10,000 events: checksums, validation and fold, against the bare parsing of its JSON."""
    path = directory / "many.journal"
    filled(path, MANY).close()
    bodies = [line[line.index(b"{") :] for line in path.read_bytes().splitlines()]

    def read_and_fold() -> None:
        journal = EventJournal(path)
        assert fold(journal.read()) is not None
        journal.close()

    def read() -> None:
        journal = EventJournal(path)
        assert len(journal.read()) == MANY
        journal.close()

    ours, unfolded, bare = medians((read_and_fold, read, lambda: [json.loads(body) for body in bodies]), 7, 2)
    return [
        Figure(f"open an incident of {MANY:,} events", ours * 1000, "ms"),
        Figure(f"open an incident of {MANY:,} events / json.loads of the same bytes", ours / bare, "×", 4),
        Figure("  of which checksums and validation", unfolded / bare, "×"),
        Figure("  of which the fold", (ours - unfolded) / bare, "×"),
    ]


def listing(directory: Path) -> list[Figure]:
    """List and search 10,000 past incidents."""
    store = directory / "store"
    for number in range(MANY):
        day = date(2025, 1, 9) - timedelta(days=number // 8)
        incident = f"INC-{day:%Y-%m%d}-{number % 8 + 1}"
        journal = EventJournal(store / "incidents" / f"{incident}.journal", create=True)
        journal.append([opening(incident, f"report-{number}")], 0, AT, "lea")
        journal.close()
    first = LocalLedger(store, lambda: AT)
    cold = seconds(first.summaries)
    first.close()
    session = LocalLedger(store, lambda: AT)
    warm = seconds(session.summaries)
    again, searched = medians((session.summaries, lambda: session.search(["bloqués"])), 5, 1)
    newest = session.incidents()[-1]
    asyncio.run(session.append(newest, [EVENT], expected_seq=None, actor="lea"))
    one = seconds(session.summaries)
    session.close()
    return [
        Figure(f"list {MANY:,} incidents, cache to be rebuilt", cold, "s"),
        Figure(f"list {MANY:,} incidents, first in a session", warm * 1000, "ms"),
        Figure(f"list {MANY:,} incidents, again", again * 1000, "ms"),
        Figure(f"list {MANY:,} incidents, one has grown", one * 1000, "ms"),
        Figure(f"search {MANY:,} incidents", searched * 1000, "ms"),
    ]


def memory(directory: Path) -> list[Figure]:
    """Measure each in a process of its own."""
    path, store = directory / "many.journal", directory / "store"
    read = f"EventJournal(Path({str(path)!r})).read()"
    listed = f"LocalLedger(Path({str(store)!r}), lambda: None).summaries()"
    bare = peak("")
    return [
        Figure("peak memory, libraries alone", bare, "MB"),
        Figure(f"peak memory, an incident of {MANY:,} events open", peak(read), "MB"),
        Figure(f"peak memory, {MANY:,} incidents listed", peak(listed), "MB"),
    ]


def peak(work: str) -> float:
    """Return the peak resident megabytes of a process that does this work."""
    script = (
        "from store.incident_journal import EventJournal\nfrom store.ledger import LocalLedger\n"
        "from pathlib import Path\n"
        f"{work}\nprint(Path('/proc/self/status').read_text())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return int(re.findall(r"VmHWM:\s+(\d+)", done.stdout)[0]) / 1024


def measure(directory: Path) -> list[Figure]:
    """Return all figures of one run in this directory."""
    return [*appending(directory), *opening_one(directory), *listing(directory), *memory(directory)]


def shown(figure: Figure) -> str:
    limit = "" if figure.most is None else f"   at most {figure.most:g}{' ✔' if figure.value <= figure.most else ' ✘'}"
    return f"  {figure.name:<74}{figure.value:>9.2f} {figure.unit}{limit}"


def main() -> int:
    """Print the figures; 1 where one is more than it may be."""
    with tempfile.TemporaryDirectory() as directory:
        figures = measure(Path(directory))
    sys.stdout.write("The store\n" + "".join(f"{shown(figure)}\n" for figure in figures))
    return int(any(figure.most is not None and figure.value > figure.most for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
