"""The signatures' hits in one log: a search for few literals first, detailed work on hits only."""

import re
from collections.abc import Container, Iterator
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
_REMEMBERED, _SHAPES = 20_000, 2_000
_Tried = tuple[Sign, re.Pattern[bytes]]
_DIGITS = b"0123456789"
_DIGIT = re.compile(rb"\d")
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

    `quiet` remembers lines without a hit, for the frames of a trace come again and again; `shapes` which patterns are
    worth a try on a line whose digits are left out.
    """

    source: str
    data: bytes
    lowered: bytes
    lines: int
    hits: list[Hit] = field(default_factory=list)
    quiet: set[bytes] = field(default_factory=set)
    shapes: dict[tuple[bytes | int, ...], list[_Tried]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Stem:
    """What many literals have in common, and these with the patterns that they are of: without digits, and with."""

    text: bytes
    wordy: tuple[tuple[bytes, tuple[_Tried, ...]], ...]
    numbered: tuple[tuple[bytes, tuple[_Tried, ...]], ...]


@cache
def _index() -> tuple[_Stem, ...]:
    by_literal: dict[bytes, list[_Tried]] = {}
    for sign in _signs():
        for alternative in sign.match:
            for literal in alternative.literals:
                by_literal.setdefault(literal, []).append((sign, alternative.pattern))
    found = []
    for stem, literals in cover(by_literal).items():
        pairs = [(literal, tuple(by_literal[literal])) for literal in literals]
        wordy = tuple(pair for pair in pairs if not _DIGIT.search(pair[0]))
        found.append(_Stem(stem, wordy, tuple(pair for pair in pairs if _DIGIT.search(pair[0]))))
    return tuple(found)


@cache
def _signs() -> tuple[Sign, ...]:
    return tuple(sign for cause in causes().values() for sign in cause.signs)


def scan(source: str, data: bytes) -> Scan:
    """Return the log's hits in the order of its lines."""
    lowered = data.lower()
    found = Scan(source, data, lowered, lowered.count(b"\n") + (not lowered.endswith(b"\n")))
    candidates = list(_numbered(lowered, _candidates(lowered)))
    left = dict.fromkeys(_signs(), _KEPT)
    for candidate in candidates:
        for hit in _hits(found, candidate, left):
            found.hits.append(hit)
            left[hit.sign] -= 1
            if not left[hit.sign]:
                del left[hit.sign]
    found.hits += _last_hits(found, candidates, [sign for sign in _signs() if sign not in left])
    found.hits.sort(key=lambda hit: hit.line)
    return found


def _last_hits(log: Scan, candidates: list["_Candidate"], signs: list[Sign]) -> list[Hit]:
    """Return the last hit of each of these signatures that is no kept one: of a flood, its end is told as well."""
    wanted = dict.fromkeys(signs, 1)
    kept = {(hit.sign, hit.line) for hit in log.hits}
    found: list[Hit] = []
    for candidate in reversed(candidates):
        if not wanted:
            break
        for hit in _hits(log, candidate, wanted):
            del wanted[hit.sign]
            if (hit.sign, hit.line) not in kept:
                found.append(hit)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line in which a stem was found: where it starts, its number, the stems."""

    start: int
    number: int
    stems: list[int]


def _numbered(lowered: bytes, found: dict[int, list[int]]) -> Iterator[_Candidate]:
    number, counted = 1, 0
    for start, stems in sorted(found.items()):
        number += lowered.count(b"\n", counted, start)
        counted = start
        yield _Candidate(start, number, stems)


def _candidates(lowered: bytes) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    words = b" ".join(set(lowered.translate(None, _DIGITS).split()))
    for number, stem in enumerate(each.text for each in _index()):
        if not _NO_WORD.search(stem) and stem not in words:
            continue
        position = lowered.find(stem)
        while position >= 0:
            found.setdefault(lowered.rfind(b"\n", 0, position) + 1, []).append(number)
            end = lowered.find(b"\n", position)
            position = lowered.find(stem, end) if end >= 0 else -1
    return found


def _hits(log: Scan, candidate: _Candidate, wanted: Container[Sign]) -> list[Hit]:
    """Return the hits of the wanted signatures in a line."""
    start, number = candidate.start, candidate.number
    end = log.lowered.find(b"\n", start)
    end = min(end if end >= 0 else len(log.lowered), start + _LONGEST)
    raw = log.lowered[start:end]
    if raw in log.quiet:
        return []
    line = _plain(contexts().quoted.sub(b"", stripped(raw)))
    tried = _tried(log, line, candidate.stems)
    patterns = [pair for pair in tried if pair[0] in wanted]
    matching = list(dict.fromkeys(sign for sign, pattern in patterns if pattern.search(line)))
    if not matching and len(patterns) == len(tried) and len(log.quiet) < _REMEMBERED:
        log.quiet.add(raw)
    matching = [sign for sign in matching if _stands(sign, log, line, start, end)]
    words = contexts()
    if not matching or words.served.search(line) or words.aside.search(line):
        return []
    entry, level, head = _entry(log.data, number, start)
    handled = bool(words.handled.search(line))
    above = log.lowered[log.lowered.rfind(b"\n", 0, max(0, start - 1)) + 1 : start]
    again = words.soft.search(line) or words.soft.search(head) or words.announced.search(above)
    soft = bool(again) and not words.final.search(line)
    text = log.data[start:end]
    return [Hit(sign, number, entry, start, text, level, soft or handled, handled, times(text)) for sign in matching]


def _tried(log: Scan, line: bytes, stems: list[int]) -> list[_Tried]:
    """Return the patterns of which a literal is in the line; lines that differ in digits alone share most of them."""
    index = _index()
    wordy = line.translate(None, _DIGITS)
    shape: tuple[bytes | int, ...] = (wordy, *stems)
    known = log.shapes.get(shape)
    if known is None:
        known = [pair for stem in stems for literal, pairs in index[stem].wordy if literal in wordy for pair in pairs]
        if len(log.shapes) < _SHAPES:
            log.shapes[shape] = known
    numbers = [pair for stem in stems for literal, pairs in index[stem].numbered if literal in line for pair in pairs]
    return [*known, *numbers] if numbers else known


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
