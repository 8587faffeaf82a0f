"""What a text's words mean, whatever their language: `senses.toml`. Neighbouring senses tell who can't do what."""

from collections.abc import Iterator
from functools import cache

from skills.client_intake.knowledge import table
from skills.client_intake.qualification.tokens import Tokens

COUNT = "count"
NEAR, NEIGHBOURS = 6, 4
"""How many words away, and how many words of a sense back, two of them still belong together."""


STEM = 6
"""Letters by which a form that the table doesn't have is known from one that it has."""


@cache
def _senses() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for sense, words in table("senses").items():
        for word in words:
            found[word] = (*found.get(word, ()), sense)
    return found


@cache
def _stems() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word, own in _senses().items():
        if len(word) >= STEM:
            found.setdefault(word[:STEM], own)
    return found


def _own(word: str) -> tuple[str, ...]:
    return _senses().get(word) or ((COUNT,) if word[0].isdigit() else _stems().get(word[:STEM], ()))


def senses(tokens: Tokens) -> Iterator[tuple[str, int, int]]:
    """Each sense, and each two that stand near in a sentence (`nobody_access`), with its first and last token."""
    sentence, before = -1, list[tuple[int, tuple[str, ...]]]()
    for at, word in enumerate(tokens.words):
        if tokens.sentences[at] != sentence:
            sentence, before = tokens.sentences[at], []
        own = _own(word)
        if not own:
            continue
        for sense in own:
            yield sense, at, at
        for place, others in before:
            if at - place <= NEAR:
                for other in others:
                    for sense in own:
                        yield f"{other}_{sense}", place, at
        before = [*before[1 - NEIGHBOURS :], (at, own)]
