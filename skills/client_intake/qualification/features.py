"""What the model sees of a mail: concepts in their worlds, pairs of them, words, form. Each keeps its words."""

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table
from skills.client_intake.qualification.lexicon import Found, lexicon
from skills.client_intake.qualification.scope import Scoped, scoped
from skills.client_intake.qualification.senses import senses
from skills.client_intake.qualification.tokens import Tokens, tokenise

STEM = 6
PIECE = 5
WEIGHED_WORDS = 400
_SKIPPED = re.compile(r"\d|[€$£%]")


Place = tuple[int, int]
"""The first and the last token of a stretch."""


@dataclass(slots=True)
class Features:
    """Feature names with their weight in this mail, and where the words stand that raised each."""

    tokens: Tokens
    values: dict[str, float] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """What the envelope says, and no word of the text."""

    def add(self, name: str, place: Place | None = None) -> None:
        """Note a feature once; the first place that raised it is kept."""
        if name not in self.values:
            self.values[name] = 1.0
            if place:
                self.places[name] = place

    def words(self, name: str) -> str:
        """The mail's own words that raised a feature; empty where it has none."""
        place = self.places.get(name)
        return self.tokens.told(*place) if place else self.notes.get(name, "")


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
    tokens = tokenise(f"{focus.subject}\n\n{focus.text}")
    concepts = scoped(tokens, lexicon().find(tokens))
    found = Features(tokens)
    _add_concepts(found, concepts)
    _add_pairs(found)
    _add_words(found, tokens)
    _add_senses(found, tokens)
    _add_form(found, focus, tokens)
    _add_share(found, tokens)
    return found, tokens, concepts


def _add_concepts(found: Features, concepts: list[Scoped]) -> None:
    """Each fact with the longest of the stretches that tell it."""
    tellings: dict[str, Found] = {}
    for item in concepts:
        if item.name not in tellings or _length(item.found) > _length(tellings[item.name]):
            tellings[item.name] = item.found
    for name, place in tellings.items():
        found.add(name, (place.first, place.last))


def _length(place: Found) -> int:
    return place.last - place.first


def _add_pairs(found: Features) -> None:
    """Facts that mean something only together: an outage and who it hits, a defect and a way round it."""
    pairs = table("reading")["pairs"]
    present = set(found.values)
    groups = {name: next((c for c in concepts if c in present), "") for name, concepts in pairs["groups"].items()}
    for name, concept in groups.items():
        if concept:
            found.add(f"group.{name}", found.places[concept])
    for left, right in pairs["cross"]:
        if groups[left] and groups[right]:
            found.add(f"{left}+{right}", found.places[groups[left]])
        elif groups[left] and [left, right] in pairs["absent"]:
            found.add(f"{left}-{right}", found.places[groups[left]])


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


@lru_cache(maxsize=8_000)
def _pieces(word: str) -> tuple[str, ...]:
    framed = f"^{word}$"
    return tuple(f"n:{framed[at : at + PIECE]}" for at in range(max(1, len(framed) - PIECE + 1)))


def _add_senses(found: Features, tokens: Tokens) -> None:
    """What the words mean, alone and beside each other: who can't do what, since when."""
    for name, first, last in senses(tokens):
        found.add(f"p:{name}" if last > first else f"s:{name}", (first, last))


def _add_form(found: Features, focus: Focus, tokens: Tokens) -> None:
    if focus.automatic:
        found.add(f"form.{focus.automatic}")
        found.notes[f"form.{focus.automatic}"] = focus.automatic
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
_SHARES = ((5.0, "tiny"), (20.0, "small"), (95.0, "large"), (math.inf, "whole"))
"""Shares by what they are below, in per cent."""


def _add_share(found: Features, tokens: Tokens) -> None:
    """A share in figures tells all of the business, much, little and next to nothing of it apart."""
    for index, word in enumerate(tokens.words[:-2]):
        if not word[0].isdigit() or not _PERCENT.intersection(tokens.words[index + 1 : index + 3]):
            continue
        share = float(word.replace(",", ".").replace(":", ".").split(".")[0])
        size = next(size for limit, size in _SHARES if share < limit)
        found.add(f"share.{size}", (index, index + 1))
