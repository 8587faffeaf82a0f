"""The shipped linear model: pure arithmetic over named features, so that each decision can name its grounds.

`model.tsv` is fitted by `tests/bench/intake_train.py` to the labelled set beside it.
"""

import math
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
    """What one feature says, in hundredths; a part is empty where it says nothing. `whole` is the classes' sum."""

    rarity: int
    classes: list[int]
    impacts: list[int]
    whole: int


_UNKNOWN = Row(0, [], [], 0)


class _Rows(dict[str, Row]):
    """Rows that are read when they are first asked for: a mail needs a hundredth of them."""

    def __init__(self, lines: dict[str, str], classes: int) -> None:
        super().__init__()
        self.lines, self._classes = lines, classes

    def __missing__(self, name: str) -> Row:
        if name not in self.lines:
            return _UNKNOWN  # and not kept: there is no end of words
        rarity, *weights = map(int, self.lines[name].split())
        classes = weights[: self._classes]
        row = self[name] = Row(rarity, classes, weights[self._classes :], sum(classes))
        return row


class Weights:
    """The fitted model. `classes` are such as `P1 hotfix`; the row `bias` belongs to every mail."""

    def __init__(self, classes: tuple[str, ...], impacts: tuple[str, ...], lines: dict[str, str]) -> None:
        self.classes, self.impacts = classes, impacts
        self._rows = _Rows(lines, len(classes))

    def row(self, name: str) -> Row:
        """A feature's rarity, its weight for each class, and its weight for each impact."""
        return self._rows[name]

    def weighed(self, values: dict[str, float]) -> dict[str, float]:
        """The features that the model knows, each group at its own length (tf-idf, cosine)."""
        rows = self._rows
        kept: dict[str, float] = {}
        groups: dict[str, list[tuple[str, Row]]] = {group: [] for group in GROUPS}
        for name, value in values.items():
            group = name[:2]
            if group not in groups:
                kept[name] = value
            elif (row := rows[name]) is not _UNKNOWN:
                groups[group].append((name, row))
        for group, known in groups.items():
            length = math.hypot(*(row[0] for _, row in known))
            share = GROUPS[group] / length if length else 0.0
            kept.update([(name, share * row[0]) for name, row in known if row[1] or not self.classes])
        return kept

    def chances(self, values: dict[str, float]) -> dict[str, float]:
        """Probabilities of the classes, which add up to 1."""
        rows = self._rows
        told = [(classes, value) for name, value in values.items() if (classes := rows[name][1])]
        scores = _scores(rows["bias"].classes, told)
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        whole = sum(powers)
        return {name: power / whole for name, power in zip(self.classes, powers, strict=True)}

    def suffers(self, values: dict[str, float]) -> frozenset[str]:
        """The impacts that are likelier than not."""
        rows = self._rows
        told = [(impacts, value) for name, value in values.items() if (impacts := rows[name][2])]
        scores = _scores(rows["bias"].impacts, told)
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
                weight = own - (row.whole - own) / max(1, len(self.classes) - 1)
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
