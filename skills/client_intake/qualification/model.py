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


Weights = dict[str, Linear]
"""The models by name: `decision`, and one an impact."""


def linear(data: dict[str, dict[str, Any]]) -> Weights:
    """The models of a trained file's content."""
    return {name: Linear(tuple(entry["classes"]), entry["weights"]) for name, entry in data.items()}


@cache
def models() -> Weights:
    """The shipped models."""
    return linear(json.loads((FOLDER / "model.json").read_text(encoding="utf-8")))
