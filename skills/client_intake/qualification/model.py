"""The shipped linear model: pure arithmetic over named features, so that each decision can name its grounds.

`model.tsv` is fitted by `tests/bench/intake_train.py` to the labelled set beside it.
"""

import math
import re
from array import array
from bisect import bisect_left
from functools import cache
from operator import mul
from typing import NamedTuple

from skills.client_intake.knowledge import FOLDER

GROUPS = {"w:": 7.7, "b:": 6.3, "n:": 7.7, "s:": 5.0, "p:": 7.0}
"""How much all words of a mail weigh together, and so its pairs and pieces of words and its senses:
a long mail must not outweigh its facts. Other features weigh 1 each."""
_FILTER_BITS, _FILTER_FROM = 1 << 20, 5_000
"""The filter's size, and how many searches it pays after."""
_LINE = re.compile(rb"^.", re.MULTILINE)
SCALE = 100.0
"""Rarities and weights are shipped as whole hundredths."""


class Row(NamedTuple):
    """What one feature says, in hundredths; a part is empty where it says nothing. `whole` is the classes' sum."""

    rarity: int
    classes: "array[int]"
    impacts: "array[int]"
    whole: int


_UNKNOWN = Row(0, array("h"), array("h"), 0)


class _Rows(dict[str, Row]):
    """The rows as they are shipped, in the order of their names; those that were asked for are kept read.

    A mail needs a hundredth of them, and a dictionary of all would cost each console ten megabytes. Of a mail's words
    half have none, which a Bloom filter tells of nearly all; a single mail is read before one would be filled.
    """

    def __init__(self, text: bytes, classes: int) -> None:
        super().__init__()
        self._text, self._classes = text, classes
        self._starts = array("I", (line.start() for line in _LINE.finditer(text)))
        self._filter = b""
        self._searched = 0

    def __missing__(self, name: str) -> Row:
        if self._filter:
            bit = hash(name) % _FILTER_BITS
            if not self._filter[bit >> 3] >> (bit & 7) & 1:
                return _UNKNOWN
        row = self._found(name.encode())
        if row is not _UNKNOWN:
            self[name] = row
        self._searched += 1
        if self._searched == _FILTER_FROM:
            self._filter = self._filled()
        return row

    def _filled(self) -> bytes:
        bits = bytearray(_FILTER_BITS // 8)
        for start in self._starts:
            bit = hash(self._name(start).decode()) % _FILTER_BITS
            bits[bit >> 3] |= 1 << (bit & 7)
        return bytes(bits)

    def _found(self, name: bytes) -> Row:
        at = bisect_left(self._starts, name, key=self._name)
        if at == len(self._starts) or self._name(self._starts[at]) != name:
            return _UNKNOWN
        start = self._starts[at] + len(name) + 1
        rarity, *weights = map(int, self._text[start : self._text.index(b"\n", start)].split())
        classes = weights[: self._classes]
        return Row(rarity, array("h", classes), array("h", weights[self._classes :]), sum(classes))

    def _name(self, start: int) -> bytes:
        return self._text[start : self._text.index(b"\t", start)]


class Weights:
    """The fitted model. `classes` are such as `P1 hotfix`; the row `bias` belongs to every mail."""

    def __init__(self, classes: tuple[str, ...], impacts: tuple[str, ...], rows: bytes) -> None:
        self.classes, self.impacts = classes, impacts
        self._rows = _Rows(rows, len(classes))

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


def _scores(bias: "array[int]", told: list[tuple["array[int]", float]]) -> list[float]:
    """One raw score a column."""
    known = [1.0, *(value for _, value in told)]
    return [sum(map(mul, column, known)) / SCALE for column in zip(bias, *(row for row, _ in told), strict=True)]


def fitted(text: str) -> Weights:
    """The model of a fitted file: a line of classes, one of impacts, then a line a feature, each after its name.

    The features stand in the order of their names.
    """
    classes, impacts, rows = text.split("\n", 2)
    return Weights(tuple(classes.split("\t")[1:]), tuple(impacts.split("\t")[1:]), rows.encode())


@cache
def model() -> Weights:
    """The shipped model."""
    return fitted((FOLDER / "model.tsv").read_text(encoding="utf-8"))
