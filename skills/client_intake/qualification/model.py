"""The shipped linear model: pure arithmetic over named features, so that each decision can name its grounds.

`model.json` is trained by `tests/bench/intake_train.py` from the labelled set beside it.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from skills.client_intake.knowledge import FOLDER


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights by feature, one a class; `classes` such as `P1 hotfix` or, for an impact, `yes` and `no`."""

    classes: tuple[str, ...]
    weights: dict[str, list[float]]

    def scores(self, values: dict[str, float]) -> list[float]:
        """One raw score a class."""
        totals = list(self.weights.get("bias", [0.0] * len(self.classes)))
        for name, value in values.items():
            row = self.weights.get(name)
            if row is not None:
                for index, weight in enumerate(row):
                    totals[index] += weight * value
        return totals

    def probabilities(self, values: dict[str, float]) -> dict[str, float]:
        """Probabilities of the classes, which add up to 1."""
        scores = self.scores(values)
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        whole = sum(powers)
        return {name: power / whole for name, power in zip(self.classes, powers, strict=True)}

    def grounds(self, values: dict[str, float], chosen: str) -> list[tuple[str, float]]:
        """Features that speak for a class against the average of the others, strongest first."""
        index = self.classes.index(chosen)
        found: list[tuple[str, float]] = []
        for name, value in values.items():
            row = self.weights.get(name)
            if row is not None:
                rest = (sum(row) - row[index]) / max(1, len(row) - 1)
                found.append((name, (row[index] - rest) * value))
        return sorted(((name, weight) for name, weight in found if weight > 0), key=lambda item: -item[1])


GROUPS = {"w:": 7.7, "b:": 6.3, "n:": 7.7, "s:": 5.0, "p:": 7.0}
"""How much all words of a mail weigh together, and so its pairs and pieces of words and its senses:
a long mail must not outweigh its facts. Other features weigh 1 each."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained models: `decision` and one an impact, over features weighed by how rare they are."""

    linears: dict[str, Linear]
    rarity: dict[str, float]

    def __getitem__(self, name: str) -> Linear:
        """The model of `decision` or of an impact."""
        return self.linears[name]

    def weighed(self, values: dict[str, float]) -> dict[str, float]:
        """The features that the models know, each group at its own length (tf-idf, cosine)."""
        kept: dict[str, float] = {}
        groups: dict[str, list[str]] = {}
        for name, value in values.items():
            if name[:2] not in GROUPS:
                kept[name] = value
            elif name in self.rarity:
                groups.setdefault(name[:2], []).append(name)
        for group, names in groups.items():
            length = math.sqrt(sum(self.rarity[name] ** 2 for name in names))
            kept.update((name, GROUPS[group] * self.rarity[name] / length) for name in names)
        return kept


def trained(data: dict[str, Any]) -> Weights:
    """The models of a trained file's content."""
    linears = {name: Linear(tuple(entry["classes"]), entry["weights"]) for name, entry in data["models"].items()}
    return Weights(linears, data["rarity"])


@cache
def models() -> Weights:
    """The shipped models."""
    text = (FOLDER / "model.json").read_text(encoding="utf-8")
    return trained(json.loads(text, parse_float=cache(float)))  # few weights differ: half of the memory
