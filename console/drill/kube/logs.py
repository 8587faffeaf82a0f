"""Containers' logs: lines with the instant at which they came, per run of a container."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

Where = tuple[str, str, str]
"""Namespace, pod, container."""


@dataclass
class Run:
    """One run of a container: its lines, and whether it has ended."""

    lines: list[tuple[datetime, str]] = field(default_factory=list)
    ended: bool = False


class Logs:
    """The current and the previous run of every container."""

    def __init__(self) -> None:
        self._runs: dict[Where, list[Run]] = {}

    def append(self, where: Where, at: datetime, line: str) -> None:
        """Add a line to the current run, in the order of its instant."""
        runs = self._runs.setdefault(where, [Run()])
        lines = runs[-1].lines
        if lines and at < lines[-1][0]:
            lines.insert(bisect_left(lines, at, key=lambda entry: entry[0]), (at, line))
        else:
            lines.append((at, line))

    def restart(self, where: Where) -> None:
        """End the current run and begin another."""
        runs = self._runs.setdefault(where, [Run()])
        runs[-1].ended = True
        self._runs[where] = [runs[-1], Run()]

    def end(self, namespace: str, pod: str) -> None:
        """End all runs of a pod that is gone."""
        for (ns, name, _), runs in self._runs.items():
            if (ns, name) == (namespace, pod):
                runs[-1].ended = True

    def lines(self, where: Where, *, previous: bool = False) -> list[tuple[datetime, str]] | None:
        """Return a run's lines; None where there is no previous run."""
        runs = self._runs.get(where, [Run()])
        if previous:
            return runs[-2].lines if len(runs) > 1 else None
        return runs[-1].lines

    async def follow(self, where: Where, start: int) -> AsyncIterator[tuple[datetime, str]]:
        """Yield the current run's lines from number `start`, until it ends."""
        run = self._runs.setdefault(where, [Run()])[-1]
        while True:
            while start < len(run.lines):
                yield run.lines[start]
                start += 1
            if run.ended:
                return
            await asyncio.sleep(0.05)
