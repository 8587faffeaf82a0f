"""What a pattern can't match without: literals to look for before a regular expression is tried.

A byte search for a literal runs at a gigabyte a second, an alternation of hundreds of them at a megabyte.
"""

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from typing import Any

_SHORT = 4
"""Literals shorter than this match too much to be worth a search, where there is a choice."""


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
    run = bytearray()
    for code, argument in tokens:
        if code is op.LITERAL:
            run.append(argument)
            continue
        if run:
            options.append({bytes(run)})
            run = bytearray()
        inner = _inner(code, argument)
        if inner:
            options.append(inner)
    if run:
        options.append({bytes(run)})
    return max(options, key=_worth, default=set())


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


def _worth(literals: set[bytes]) -> tuple[bool, int, int]:
    shortest = min(len(literal) for literal in literals)
    return shortest >= _SHORT, min(shortest, 12), -len(literals)


def cover(literals: Iterable[bytes], size: int = _SHORT) -> dict[bytes, list[bytes]]:
    """Return few stems, each with the literals that contain it, so that every literal contains its stem.

    Greedy: the stem that most of the remaining literals share comes first.
    """
    left = set(literals)
    chosen: dict[bytes, list[bytes]] = {}
    while left:
        counts: dict[bytes, int] = {}
        for literal in left:
            width = min(size, len(literal))
            for gram in {literal[i : i + width] for i in range(len(literal) - width + 1)}:
                counts[gram] = counts.get(gram, 0) + 1
        stem = max(sorted(counts), key=lambda gram: counts[gram])
        chosen[stem] = sorted(literal for literal in left if stem in literal)
        left.difference_update(chosen[stem])
    return chosen
