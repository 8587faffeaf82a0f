"""The signatures' hits in one log: a search for few literals first, detailed work on hits only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from skills.devops.monitoring.logs.causes import Sign, causes
from skills.devops.monitoring.logs.contexts import contexts
from skills.devops.monitoring.logs.levels import Level, continues, level_of, stripped, times
from skills.devops.monitoring.logs.literals import cover

_LONGEST = 16_384
"""Bytes of a line that are looked at."""
_WALK = 80
"""Lines that a folded entry may have above a hit."""
_KEPT = 400
"""Hits that are kept of one signature, and the last one."""
_REMEMBERED = 20_000
_DIGITS = b"0123456789"
_NO_WORD = re.compile(rb"[\s\d]")
"""What the list of a log's different words, which is far shorter than the log, can't tell of a stem."""
_MOST_REPEATS = 6
_NEAR = 400
"""Bytes above and below a line in which `near` is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """A line that a signature matched. `line` and `entry` (the line its entry begins at) count from 1."""

    sign: Sign
    line: int
    entry: int
    start: int
    text: bytes
    level: Level
    soft: bool
    handled: bool
    count: int

    @property
    def repeats(self) -> int:
        """How often it counts: an event that says that it happened a thousand times weighs no thousand."""
        return min(self.count, _MOST_REPEATS)


@dataclass(slots=True)
class Scan:
    """One log with the signatures' hits. `lowered` is the whole text in lower case.

    `quiet` remembers lines without a hit, for the frames of a trace come again and again.
    """

    source: str
    data: bytes
    lowered: bytes
    lines: int
    hits: list[Hit] = field(default_factory=list)
    quiet: set[bytes] = field(default_factory=set)


@cache
def _index() -> tuple[tuple[bytes, tuple[tuple[bytes, tuple[Sign, ...]], ...]], ...]:
    by_literal: dict[bytes, list[Sign]] = {}
    for cause in causes().values():
        for sign in cause.signs:
            for literal in sign.literals:
                by_literal.setdefault(literal, []).append(sign)
    stems = cover(by_literal)
    return tuple(
        (stem, tuple((literal, tuple(by_literal[literal])) for literal in literals)) for stem, literals in stems.items()
    )


def scan(source: str, data: bytes) -> Scan:
    """Return the log's hits in the order of its lines."""
    lowered = data.lower()
    found = Scan(source, data, lowered, lowered.count(b"\n") + (not lowered.endswith(b"\n")))
    kept: dict[Sign, int] = {}
    last: dict[Sign, Hit] = {}
    number, counted = 1, 0
    for start, stems in sorted(_candidates(lowered).items()):
        number += lowered.count(b"\n", counted, start)
        counted = start
        for hit in _hits(found, number, start, stems):
            kept[hit.sign] = kept.get(hit.sign, 0) + 1
            if kept[hit.sign] <= _KEPT:
                found.hits.append(hit)
            else:
                last[hit.sign] = hit
    found.hits = sorted([*found.hits, *last.values()], key=lambda hit: hit.line)
    return found


def _candidates(lowered: bytes) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    words = b" ".join(set(lowered.translate(None, _DIGITS).split()))
    for number, (stem, _) in enumerate(_index()):
        if not _NO_WORD.search(stem) and stem not in words:
            continue
        position = lowered.find(stem)
        while position >= 0:
            found.setdefault(lowered.rfind(b"\n", 0, position) + 1, []).append(number)
            end = lowered.find(b"\n", position)
            position = lowered.find(stem, end) if end >= 0 else -1
    return found


def _hits(log: Scan, number: int, start: int, stems: list[int]) -> Iterator[Hit]:
    end = log.lowered.find(b"\n", start)
    end = min(end if end >= 0 else len(log.lowered), start + _LONGEST)
    raw = log.lowered[start:end]
    if raw in log.quiet:
        return
    line = _plain(stripped(raw))
    signs = dict.fromkeys(
        sign for stem in stems for literal, signs in _index()[stem][1] if literal in line for sign in signs
    )
    matching = [sign for sign in signs if sign.match.search(line)]
    if not matching and len(log.quiet) < _REMEMBERED:
        log.quiet.add(raw)
    matching = [sign for sign in matching if _stands(sign, log, line, start, end)]
    words = contexts()
    if not matching or words.served.search(line) or words.aside.search(line):
        return
    entry, level, head = _entry(log.data, number, start)
    handled = bool(words.handled.search(line))
    soft = bool(words.soft.search(line) or words.soft.search(head)) and not words.final.search(line)
    text = log.data[start:end]
    for sign in matching:
        yield Hit(sign, number, entry, start, text, level, soft or handled, handled, times(text))


def _plain(line: bytes) -> bytes:
    return line.replace(b'\\"', b'"').replace(b"\\/", b"/") if b"\\" in line else line


def _stands(sign: Sign, log: Scan, line: bytes, start: int, end: int) -> bool:
    if sign.unless and sign.unless.search(line):
        return False
    if sign.cased and not sign.cased.search(log.data[start:end]):
        return False
    return not sign.near or bool(sign.near.search(log.lowered[max(0, start - _NEAR) : end + _NEAR]))


def _entry(data: bytes, number: int, start: int) -> tuple[int, Level, bytes]:
    """Return the number, the level and the lowered text of the line that the hit's entry begins at.

    A trace on lines of its own may stand below a line that has nothing to do with it: a mild level isn't its own.
    """
    end = data.find(b"\n", start)
    line = below = data[start : end if end >= 0 else len(data)]
    for _ in range(_WALK):
        if start == 0 or not continues(line):
            break
        above = data.rfind(b"\n", 0, start - 1) + 1
        below, line, start, number = line, data[above : start - 1], above, number - 1
    level = level_of(line)
    foreign = below is not line and not stripped(below)[:1].isspace() and level in ("debug", "info")
    return number, "" if foreign else level, line[:2_000].lower()
