"""The patterns of a log, brought up to date by the lines that have come since: counting costs each line once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from skills.devops.monitoring.logs.entries import Recognised
from skills.devops.monitoring.logs.levels import Level as SaidLevel
from skills.devops.monitoring.logs.patterns import Pattern, pattern_view
from store.feed import KeptLines, Level, LogEntry, LogPattern

_SAID: dict[Level, SaidLevel] = {"error": "error", "warning": "warn", "info": "info", "debug": "debug", "": ""}
_SHOWN: dict[SaidLevel, Level] = {"fatal": "error", **{said: shown for shown, said in _SAID.items()}}
_SEVEREST_FIRST: tuple[Level, ...] = ("error", "warning", "", "info", "debug")
_LINES_AT_ONCE = 100
"""After so many lines the keys get their turn: about three milliseconds."""


class Patterns:
    """Counts the lines of one log by template. A line that the log no longer keeps stays counted."""

    def __init__(self) -> None:
        self._found: dict[tuple[Level, str], LogPattern] = {}
        self._read = 0
        self._oldest: datetime | None = None

    async def read(self, lines: KeptLines, onset: datetime) -> Sequence[LogPattern]:
        """Return the patterns of all lines so far: new since the onset first, then by severity and count.

        Nothing is called new where the log does not reach back before the onset.
        """
        if lines.total < self._read:
            self._found, self._read, self._oldest = {}, 0, None
        total = lines.total
        while self._read < total:
            start = max(self._read, lines.first)
            chunk = list(islice(lines.since(start), _LINES_AT_ONCE))
            self._read = start + len(chunk)
            self._add(chunk)
            await asyncio.sleep(0)
        reaches = self._oldest is not None and self._oldest < onset
        marked = [replace(each, new=reaches and bool(each.first and each.first >= onset)) for each in self._all()]
        return sorted(marked, key=lambda each: (not each.new, _SEVEREST_FIRST.index(each.level), -each.count))

    def _all(self) -> Sequence[LogPattern]:
        return tuple(self._found.values())

    def _add(self, entries: Sequence[LogEntry]) -> None:
        lines = [entry for entry in entries if not entry.note]
        instants = [entry.at for entry in lines if entry.at]
        self._oldest = min((at for at in (self._oldest, *instants) if at), default=None)
        for pattern in pattern_view(map(_recognised, lines)):
            key = _SHOWN[pattern.level], pattern.template
            known = self._found.get(key)
            self._found[key] = _joined(known, pattern) if known else _shown(key[0], pattern)


def _recognised(entry: LogEntry) -> Recognised:
    return Recognised(entry.text, _SAID[entry.level], entry.at, entry.text.partition("\n")[0])


def _shown(level: Level, pattern: Pattern) -> LogPattern:
    return LogPattern(pattern.template, level, pattern.count, pattern.first, pattern.last)


def _joined(known: LogPattern, more: Pattern) -> LogPattern:
    instants = [at for at in (known.first, known.last, more.first, more.last) if at]
    first, last = min(instants, default=None), max(instants, default=None)
    return replace(known, count=known.count + more.count, first=first, last=last)
