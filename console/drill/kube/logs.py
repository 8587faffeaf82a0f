"""Containers' logs: lines with the instant at which they came, per run of a container."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.drill.kube.bell import Bell

Where = tuple[str, str, str]
"""Namespace, pod, container."""
Line = tuple[datetime, str]
KEPT = 50_000


@dataclass
class Run:
    """One run of a container. `dropped` lines were there before the first that is kept."""

    lines: list[Line] = field(default_factory=list)
    dropped: int = 0
    ended: bool = False
    grown: Bell = field(default_factory=Bell)

    def add(self, at: datetime, line: str) -> None:
        """Add a line in the order of its instant."""
        if self.lines and at < self.lines[-1][0]:
            self.lines.insert(bisect_right(self.lines, at, key=lambda entry: entry[0]), (at, line))
        else:
            self.lines.append((at, line))
        if len(self.lines) > 2 * KEPT:
            del self.lines[:KEPT]
            self.dropped += KEPT
        self.grown.ring()

    def end(self) -> None:
        """No more lines come."""
        self.ended = True
        self.grown.ring()

    def after(self, count: int) -> list[Line]:
        """Return what came after so many lines."""
        return self.lines[max(count - self.dropped, 0) :]

    def since(self, at: datetime) -> int:
        """Return how many lines came before an instant."""
        return self.dropped + bisect_left(self.lines, at, key=lambda entry: entry[0])

    @property
    def count(self) -> int:
        """How many lines came in all."""
        return self.dropped + len(self.lines)


class Logs:
    """The current and the previous run of every container."""

    def __init__(self) -> None:
        self._runs: dict[Where, list[Run]] = {}

    def append(self, where: Where, at: datetime, line: str) -> None:
        """Add a line, or several at once, to the current run."""
        run = self.current(where)
        for each in line.split("\n"):
            run.add(at, each)

    def begin(self, where: Where) -> None:
        """Begin a run; the one before is kept as the previous, where it has anything to tell."""
        runs = self._runs.setdefault(where, [])
        if runs and (runs[-1].ended or runs[-1].lines):
            runs[-1].end()
            self._runs[where] = [runs[-1], Run()]
        else:
            self._runs[where] = [Run()]

    def close(self, where: Where) -> None:
        """End the current run: the container has."""
        if runs := self._runs.get(where):
            runs[-1].end()

    def end(self, namespace: str, pod: str) -> None:
        """End and drop all runs of a pod that is gone."""
        for where in [where for where in self._runs if where[:2] == (namespace, pod)]:
            self._runs.pop(where)[-1].end()

    def current(self, where: Where) -> Run:
        """Return the current run."""
        return self._runs.setdefault(where, [Run()])[-1]

    def previous(self, where: Where) -> Run | None:
        """Return the run before; None where the container was never restarted."""
        runs = self._runs.get(where, [])
        return runs[-2] if len(runs) > 1 else None

    def dump(self) -> list[Any]:
        """Return everything as JSON values."""
        return [
            [list(where), [[run.ended, [[at.isoformat(), line] for at, line in run.lines]] for run in runs]]
            for where, runs in self._runs.items()
        ]

    def load(self, dumped: list[Any]) -> None:
        """Take what `dump` returned."""
        for (namespace, pod, container), runs in dumped:
            self._runs[namespace, pod, container] = [
                Run(lines=[(datetime.fromisoformat(at), line) for at, line in lines], ended=ended)
                for ended, lines in runs
            ]
