"""What the model sees of a mail: concepts in their worlds, pairs of them, words, form. Each keeps its words."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from skills.client_intake.qualification.lexicon import Found, lexicon
from skills.client_intake.qualification.scope import Scoped, scoped
from skills.client_intake.qualification.tokens import Tokens, tokenise

STEM = 6
PIECE = 5
WEIGHED_WORDS = 400
SHOWN_WORDS = 12
"""A reason quotes no longer stretch than this."""
_SKIPPED = re.compile(r"\d|[€$£%]")


@dataclass(slots=True)
class Features:
    """Feature names with their weight in this mail, and the words that raised each."""

    values: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, words: str = "", value: float = 1.0) -> None:
        """Note a feature once; the first words that raised it are kept."""
        if name not in self.values:
            self.values[name] = value
            self.words[name] = words


@dataclass(frozen=True, slots=True)
class Focus:
    """The part of a mail that its report stands in: the client's own subject and text, without greetings."""

    subject: str
    text: str
    automatic: str = ""
    reply: bool = False
    recovered: bool = False
    robot: bool = False
    foreign_link: bool = False


def features(focus: Focus) -> tuple[Features, Tokens, list[Scoped]]:
    """All features of a mail."""
    joined = f"{focus.subject}\n\n{focus.text}"
    tokens = tokenise(joined)
    concepts = scoped(tokens, lexicon().find(tokens))
    found = Features()
    _add_concepts(found, tokens, concepts)
    _add_pairs(found)
    _add_words(found, tokens)
    _add_neighbours(found, tokens, concepts)
    _add_form(found, focus, tokens)
    _add_share(found, tokens)
    return found, tokens, concepts


def _add_concepts(found: Features, tokens: Tokens, concepts: list[Scoped]) -> None:
    """Each fact with the longest of the stretches that tell it."""
    tellings: dict[str, Found] = {}
    for item in concepts:
        if item.name not in tellings or _length(item.found) > _length(tellings[item.name]):
            tellings[item.name] = item.found
    for name, place in tellings.items():
        found.add(name, tokens.told(place.first, place.last))


def _length(place: Found) -> int:
    return place.last - place.first


def _add_pairs(found: Features) -> None:
    """Facts that mean something only together: an outage and who it hits, a defect and a way round it."""
    pairs = table("reading")["pairs"]
    present = set(found.values)
    groups = {name: next((c for c in concepts if c in present), "") for name, concepts in pairs["groups"].items()}
    for name, concept in groups.items():
        if concept:
            found.add(f"group.{name}", found.words[concept])
    for left, right in pairs["cross"]:
        if groups[left] and groups[right]:
            found.add(f"{left}+{right}", found.words[groups[left]])
        elif groups[left] and [left, right] in pairs["absent"]:
            found.add(f"{left}-{right}", found.words[groups[left]])


def _add_words(found: Features, tokens: Tokens) -> None:
    """Words as they stand, pairs of stems, and pieces of words, which carry over to forms never seen."""
    previous = ""
    for word in tokens.words[:WEIGHED_WORDS]:
        if _SKIPPED.search(word) or len(word) < 2:
            previous = "#" if word[0].isdigit() else ""
            continue
        found.add(f"w:{word}")
        stem = word[:STEM]
        if previous:
            found.add(f"b:{previous}_{stem}")
        previous = stem
        for piece in _pieces(word):
            found.add(piece)


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    framed = f"^{word}$"
    return tuple(f"n:{framed[at : at + PIECE]}" for at in range(max(1, len(framed) - PIECE + 1)))


def _add_neighbours(found: Features, tokens: Tokens, concepts: list[Scoped]) -> None:
    """Two concepts of one sentence: what is said to be broken, to whom, since when."""
    sentences: dict[int, dict[str, Scoped]] = {}
    for item in concepts:
        sentences.setdefault(tokens.sentences[item.found.first], {}).setdefault(item.name, item)
    for named in sentences.values():
        for left, right in combinations(sorted(named), 2):
            places = named[left].found, named[right].found
            first, last = min(place.first for place in places), max(place.last for place in places)
            found.add(f"q:{left}&{right}", tokens.span(first, last) if last - first <= SHOWN_WORDS else "")


def _add_form(found: Features, focus: Focus, tokens: Tokens) -> None:
    if focus.automatic:
        found.add(f"form.{focus.automatic}", focus.automatic)
    for name in ("reply", "recovered", "robot", "foreign_link"):
        if getattr(focus, name):
            found.add(f"form.{name}")
    letters = [char for char in focus.text if char.isalpha()]
    shouting = bool(letters) and sum(char.isupper() for char in letters) > len(letters) * 0.3
    if shouting or focus.text.count("!") + focus.subject.count("!") >= 3:
        found.add("form.shouting")
    if tokens.questions:
        found.add("form.question")
    length = len(tokens.words)
    found.add("form.short" if length < 25 else "form.medium" if length < 90 else "form.long")
    if "http" in fold(focus.text):
        found.add("form.link")


_PERCENT = {"%", "percent", "cent"}
LARGE_SHARE = 20.0


def _add_share(found: Features, tokens: Tokens) -> None:
    """A share in figures tells much of the business from a little of it."""
    for index, word in enumerate(tokens.words[:-2]):
        if not word[0].isdigit() or not _PERCENT.intersection(tokens.words[index + 1 : index + 3]):
            continue
        share = float(word.replace(",", ".").replace(":", ".").split(".")[0])
        name = "share.large" if share >= LARGE_SHARE else "share.small"
        found.add(name, tokens.span(index, index + 1))
