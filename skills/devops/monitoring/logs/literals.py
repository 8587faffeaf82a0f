"""What a pattern can't match without: literals to look for before a regular expression is tried.

A byte search for a literal runs at a gigabyte a second, an alternation of hundreds of them at a megabyte.
"""

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Any

_SHORT, _LONG = 4, 9
"""Bytes of a stem."""

_TELLING_NUMBER, _COMMONEST = 5, 40
_MOST, _FEW = 12, 4
"""Literals that a part of a pattern may stand for, and characters that a class may."""

_ORDINARY = Path(__file__).resolve().parents[3] / "knowledge" / "ordinary_traffic.log"
"""Lines as healthy services write them: what they hold is no good first filter."""


def alternatives(pattern: str) -> list[str]:
    """Return the patterns between the `|` that stand outside of all brackets: each asks for literals of its own."""
    found, depth, in_class, escaped = [""], 0, False, False
    for char in pattern:
        bare = not escaped
        escaped = bare and char == "\\"
        if bare and in_class:
            in_class = char != "]"
        elif bare:
            in_class = char == "["
            depth += (char == "(") - (char == ")")
            if char == "|" and not depth:
                found.append("")
                continue
        found[-1] += char
    return found


def required_literals(pattern: str) -> frozenset[bytes]:
    """Return literals of which every match contains at least one.

    Raises:
        ValueError: the pattern can match without any literal.
    """
    found = _best(parser.parse(pattern.encode()))
    if not found:
        raise ValueError(f"no literal is required by {pattern!r}")
    return frozenset(found)


def _best(tokens: Iterable[Any]) -> set[bytes]:
    options: list[set[bytes]] = []
    run = {b""}
    for code, argument in tokens:
        exact = _exact(code, argument)
        if exact and len(run) * len(exact) <= _MOST:
            run = {head + tail for head in run for tail in exact}
            continue
        options += [run, _inner(code, argument)]
        run = {b""}
    options.append(run)
    return max((option for option in options if option and b"" not in option), key=_worth, default=set())


def _exact(code: Any, argument: Any) -> set[bytes]:
    """All that the token can match, where these are few literals; else nothing."""
    if code is op.LITERAL:
        return {bytes((argument,))}
    if code is op.IN and len(argument) <= _FEW and all(kind is op.LITERAL for kind, _ in argument):
        return {bytes((byte,)) for _, byte in argument}
    if code is op.SUBPATTERN:
        return _all_of(argument[-1])
    if code is op.BRANCH:
        branches = [_all_of(branch) for branch in argument[1]]
        return set().union(*branches) if all(branches) else set()
    if code is op.MAX_REPEAT and argument[:2] == (0, 1):
        once = _all_of(argument[2])
        return {b"", *once} if once else set()
    return set()


def _all_of(tokens: Iterable[Any]) -> set[bytes]:
    found = {b""}
    for code, argument in tokens:
        exact = _exact(code, argument)
        if not exact or len(found) * len(exact) > _MOST:
            return set()
        found = {head + tail for head in found for tail in exact}
    return found


def _inner(code: Any, argument: Any) -> set[bytes]:
    if code is op.SUBPATTERN:
        return _best(argument[-1])
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, _, body = argument
        return _best(body) if least else set()
    if code is op.BRANCH:
        branches = [_best(branch) for branch in argument[1]]
        return set().union(*branches) if all(branches) else set()
    return set()


def _worth(literals: set[bytes]) -> tuple[int, int]:
    return min(_rarity(literal) for literal in literals), -len(literals)


def _rarity(text: bytes) -> int:
    """How few ordinary lines hold the text, by its length; digits and what ordinary traffic lacks count more.

    But a short number alone is rare nowhere: it stands in every other id.
    """
    if text.isdigit() and len(text) < _TELLING_NUMBER:
        return -_COMMONEST
    seen = _ordinary().count(text)
    return min(len(text), 12) + 3 * any(chr(byte).isdigit() for byte in text) - 2 * min(seen, 20)


@cache
def _ordinary() -> bytes:
    return _ORDINARY.read_bytes().lower()


def cover(literals: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """Return few stems, each with the literals that contain it, so that every literal contains its stem.

    Greedy: first the stem that most of the remaining literals share, if ordinary traffic doesn't hold it.
    """
    literals = frozenset(literals)
    shared = Counter(gram for literal in literals for gram in _grams(literal))
    common = Counter(gram for line in _ordinary().splitlines() for gram in _grams(line) if gram in shared)
    holders: dict[bytes, list[bytes]] = {}
    for literal in literals:
        for gram in _useful(literal, shared, common):
            holders.setdefault(gram, []).append(literal)
    del shared
    heap = [(-len(held) / (1 + 3 * common[gram]), gram) for gram, held in holders.items()]
    heapify(heap)
    left = set(literals)
    chosen: dict[bytes, list[bytes]] = {}
    while left:
        worth, stem = heappop(heap)
        held = left.intersection(holders[stem])
        now = -len(held) / (1 + 3 * common[stem])
        if held and now > worth:  # others were covered since: it may no longer be the best
            heappush(heap, (now, stem))
        elif held:
            chosen[stem] = sorted(held)
            left -= held
    return chosen


def _useful(literal: bytes, shared: Mapping[bytes, int], common: Mapping[bytes, int]) -> Iterator[bytes]:
    """Yield the stems that other literals share, and the best of its own: two thirds of all are of no use."""
    grams = _grams(literal)
    own = [gram for gram in grams if shared[gram] == 1]
    yield from (gram for gram in grams if shared[gram] > 1)
    if own:
        yield min(own, key=lambda gram: (common[gram], gram))


def _grams(literal: bytes) -> set[bytes]:
    widths = range(min(_SHORT, len(literal)), min(_LONG, len(literal)) + 1)
    return {literal[i : i + width] for width in widths for i in range(len(literal) - width + 1)}
