"""The shipped linear model: pure arithmetic over named features, so that each decision can name its grounds.

`model.tsv` is fitted by `tests/bench/intake_train.py` to the labelled set beside it.
"""

import math
from dataclasses import dataclass, field
from functools import cache
from operator import mul
from typing import NamedTuple

from skills.client_intake.knowledge import FOLDER

GROUPS = {"w:": 7.7, "b:": 6.3, "n:": 7.7, "s:": 5.0, "p:": 7.0}
"""How much all words of a mail weigh together, and so its pairs and pieces of words and its senses:
a long mail must not outweigh its facts. Other features weigh 1 each."""
SCALE = 100.0
"""Rarities and weights are shipped as whole hundredths."""


class Row(NamedTuple):
    """What one feature says, in hundredths; a part is empty where it says nothing."""

    rarity: int
    classes: list[int]
    impacts: list[int]


_UNKNOWN = Row(0, [], [])


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model. `classes` are such as `P1 hotfix`; the row `bias` belongs to every mail."""

    classes: tuple[str, ...]
    impacts: tuple[str, ...]
    lines: dict[str, str]
    """The rows as they are shipped: a mail needs a hundredth of them, so each is read when it is first asked for."""
    _read: dict[str, Row] = field(default_factory=dict)

    def row(self, name: str) -> Row:
        """A feature's rarity, its weight for each class, and its weight for each impact."""
        row = self._read.get(name)
        if row is None:
            rarity, *weights = map(int, self.lines.get(name, "0").split())
            count = len(self.classes)
            row = self._read[name] = Row(rarity, weights[:count], weights[count:]) if name in self.lines else _UNKNOWN
        return row

    def weighed(self, values: dict[str, float]) -> dict[str, float]:
        """The features that the model knows, each group at its own length (tf-idf, cosine)."""
        kept: dict[str, float] = {}
        groups: dict[str, list[tuple[str, Row]]] = {}
        for name, value in values.items():
            if name[:2] not in GROUPS:
                kept[name] = value
            elif name in self.lines:
                groups.setdefault(name[:2], []).append((name, self.row(name)))
        for group, known in groups.items():
            share = GROUPS[group] / math.hypot(*(row.rarity for _, row in known))
            kept.update((name, share * row.rarity) for name, row in known if row.classes or not self.classes)
        return kept

    def chances(self, values: dict[str, float]) -> dict[str, float]:
        """Probabilities of the classes, which add up to 1."""
        told = [(row.classes, value) for name, value in values.items() if (row := self.row(name)).classes]
        scores = _scores(self.row("bias").classes, told)
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        whole = sum(powers)
        return {name: power / whole for name, power in zip(self.classes, powers, strict=True)}

    def suffers(self, values: dict[str, float]) -> frozenset[str]:
        """The impacts that are likelier than not."""
        told = [(row.impacts, value) for name, value in values.items() if (row := self.row(name)).impacts]
        scores = _scores(self.row("bias").impacts, told)
        return frozenset(impact for impact, score in zip(self.impacts, scores, strict=True) if score >= 0)

    def grounds(self, values: dict[str, float], chosen: str) -> list[tuple[str, float]]:
        """Features that speak for a class against the average of the others, or for an impact; strongest first."""
        found: list[tuple[str, float]] = []
        for name, value in values.items():
            row = self.row(name)
            if chosen in self.impacts:
                weight = float(row.impacts[self.impacts.index(chosen)]) if row.impacts else 0.0
            else:
                own = row.classes[self.classes.index(chosen)] if row.classes else 0
                weight = own - (sum(row.classes) - own) / max(1, len(self.classes) - 1)
            if weight > 0:
                found.append((name, weight * value / SCALE))
        return sorted(found, key=lambda item: -item[1])


def _scores(bias: list[int], told: list[tuple[list[int], float]]) -> list[float]:
    """One raw score a column."""
    known = [1.0, *(value for _, value in told)]
    return [sum(map(mul, column, known)) / SCALE for column in zip(bias, *(row for row, _ in told), strict=True)]


def fitted(text: str) -> Weights:
    """The model of a fitted file: a line of classes, one of impacts, then a line a feature, each after its name."""
    lines = dict(line.split("\t", 1) for line in text.splitlines())
    return Weights(tuple(lines.pop("classes").split("\t")), tuple(lines.pop("impacts").split("\t")), lines)


@cache
def model() -> Weights:
    """The shipped model."""
    return fitted((FOLDER / "model.tsv").read_text(encoding="utf-8"))
