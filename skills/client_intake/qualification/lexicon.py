"""Concepts found in a text by patterns over words: linear, no regular expressions, explained by their spans.

A pattern is a line of elements: `word`, `prefix*`, `a|b*|c`, `<class>` (words of the lexicon), `x?` (may be missing),
`..` (up to 3 words between) and `...` (up to 7). It matches within one sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from skills.client_intake.knowledge import table
from skills.client_intake.qualification.tokens import Tokens

_GAPS = {"..": 3, "...": 7}
_KEPT = 8_000
"""Words that are kept looked up: a console runs for weeks."""


@dataclass(frozen=True, slots=True)
class Found:
    """A concept at the tokens `first` to `last`."""

    concept: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Step:
    element: int
    gap: int
    optional: bool


_Begun = tuple[str, tuple[_Step, ...]]
"""A concept and the steps of one of its patterns."""


@dataclass(slots=True)
class Lexicon:
    """Compiled patterns, indexed by the words that can begin them."""

    elements: dict[str, int] = field(default_factory=dict)
    literals: dict[str, list[int]] = field(default_factory=dict)
    prefixes: dict[str, list[int]] = field(default_factory=dict)
    patterns: dict[int, list[_Begun]] = field(default_factory=dict)
    known: dict[str, tuple[frozenset[int], tuple[_Begun, ...]]] = field(default_factory=dict)
    """Of each word met before: the elements that it is, and the patterns that it can begin."""

    def find(self, tokens: Tokens) -> list[Found]:
        """All concepts, in order of place; the longest match of a concept at a place."""
        words = [self._looked_up(word) for word in tokens.words]
        ids = [elements for elements, _ in words]
        found: list[Found] = []
        for first, (_, begun) in enumerate(words):
            best: dict[str, int] = {}
            for concept, steps in begun:
                last = _match(steps, 1, first, ids, tokens.sentences)
                if last >= 0 and last > best.get(concept, -1):
                    best[concept] = last
            found += [Found(concept, first, last) for concept, last in best.items()]
        return found

    def add(self, concept: str, pattern: str, classes: dict[str, list[str]]) -> None:
        """Compile a pattern under a concept."""
        steps = tuple(self._steps(pattern, classes))
        while steps and steps[0].optional:
            steps = steps[1:]
        if not steps:
            raise ValueError(f"lexicon: pattern {pattern!r} of {concept} must begin with a word")
        self.patterns.setdefault(steps[0].element, []).append((concept, steps))

    def _steps(self, pattern: str, classes: dict[str, list[str]]) -> Iterator[_Step]:
        gap = 0
        for piece in pattern.split():
            if piece in _GAPS:
                gap = _GAPS[piece]
                continue
            yield _Step(self._element(piece.rstrip("?"), classes), gap, piece.endswith("?"))
            gap = 0

    def _element(self, source: str, classes: dict[str, list[str]]) -> int:
        if source in self.elements:
            return self.elements[source]
        number = self.elements[source] = len(self.elements)
        for word in _words(source, classes):
            index = self.prefixes if word.endswith("*") else self.literals
            index.setdefault(word.rstrip("*"), []).append(number)
        return number

    def _looked_up(self, word: str) -> tuple[frozenset[int], tuple[_Begun, ...]]:
        known = self.known.get(word)
        if known is None:
            found = list(self.literals.get(word, ()))
            for length in range(1, len(word) + 1):
                found += self.prefixes.get(word[:length], ())
            if word[0].isdigit():
                found += self.literals.get("#", ())
            elements = frozenset(found)
            known = elements, tuple(begun for element in elements for begun in self.patterns.get(element, ()))
            if len(self.known) >= _KEPT:
                self.known.clear()
            self.known[word] = known
        return known


@cache
def lexicon() -> Lexicon:
    """The lexicon of `concepts.toml`."""
    data = table("concepts")
    compiled = Lexicon()
    for group, concepts in data.items():
        if group == "classes":
            continue
        for name, patterns in concepts.items():
            for pattern in patterns:
                compiled.add(f"{group}.{name}", pattern, data["classes"])
    return compiled


def _words(source: str, classes: dict[str, list[str]]) -> Iterator[str]:
    for word in source.split("|"):
        if word.startswith("<"):
            yield from (part for entry in classes[word.strip("<>")] for part in _words(entry, classes))
        else:
            yield word


def _match(steps: tuple[_Step, ...], step: int, at: int, ids: list[frozenset[int]], sentences: list[int]) -> int:
    """Index of the last token of the shortest match that goes on after token `at`, else -1."""
    if step == len(steps):
        return at
    wanted = steps[step]
    for place in range(at + 1, min(at + 2 + wanted.gap, len(ids))):
        if sentences[place] != sentences[at]:
            break
        if wanted.element in ids[place]:
            last = _match(steps, step + 1, place, ids, sentences)
            if last >= 0:
                return last
    return _match(steps, step + 1, at, ids, sentences) if wanted.optional else -1
