"""The signatures' hits in one log: a search for few literals first, detailed work on hits only."""

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
"""Hits that are kept of one signature; later ones replace the last."""
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
    count: int


@dataclass(slots=True)
class Scan:
    """One log with the signatures' hits. `lowered` is the whole text in lower case."""

    source: str
    data: bytes
    lowered: bytes
    lines: int
    hits: list[Hit] = field(default_factory=list)


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
    number, counted = 1, 0
    for start, stems in sorted(_candidates(lowered).items()):
        number += lowered.count(b"\n", counted, start)
        counted = start
        for hit in _hits(found, number, start, stems):
            kept[hit.sign] = kept.get(hit.sign, 0) + 1
            if kept[hit.sign] <= _KEPT:
                found.hits.append(hit)
    return found


def _candidates(lowered: bytes) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, (stem, _) in enumerate(_index()):
        position = lowered.find(stem)
        while position >= 0:
            found.setdefault(lowered.rfind(b"\n", 0, position) + 1, []).append(number)
            end = lowered.find(b"\n", position)
            position = lowered.find(stem, end) if end >= 0 else -1
    return found


def _hits(log: Scan, number: int, start: int, stems: list[int]) -> Iterator[Hit]:
    end = log.lowered.find(b"\n", start)
    end = min(end if end >= 0 else len(log.lowered), start + _LONGEST)
    line = _plain(stripped(log.lowered[start:end]))
    signs = dict.fromkeys(
        sign for stem in stems for literal, signs in _index()[stem][1] if literal in line for sign in signs
    )
    matching = [sign for sign in signs if _matches(sign, log, line, start, end)]
    words = contexts()
    if not matching or words.served.search(line) or words.aside.search(line):
        return
    entry, level, head = _entry(log.data, number, start)
    if level == "debug":
        return
    soft = bool(words.soft.search(line) or words.soft.search(head)) and not words.final.search(line)
    text = log.data[start:end]
    for sign in matching:
        yield Hit(sign, number, entry, start, text, level, soft, times(text))


def _plain(line: bytes) -> bytes:
    return line.replace(b'\\"', b'"').replace(b"\\/", b"/") if b"\\" in line else line


def _matches(sign: Sign, log: Scan, line: bytes, start: int, end: int) -> bool:
    if not sign.match.search(line) or (sign.unless and sign.unless.search(line)):
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
