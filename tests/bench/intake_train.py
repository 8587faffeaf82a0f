"""Train the shipped model from the wider set: deterministic, pure Python."""

import json
import math
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from skills.client_intake.knowledge import FOLDER
from skills.client_intake.qualification.features import features
from skills.client_intake.qualification.focus import focus_of
from skills.client_intake.reception.mail import parse_mail

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tests.bench.intake_written import Labelled, written

IMPACTS = ("production_down", "revenue_loss", "data_loss", "security", "degraded")
UNWEIGHED = {"ooo", "bounce", "monitor"}
"""What is settled by its form never reaches the model."""
EPOCHS = 50
RATE = 0.25
DECAY = {"w": 0.004, "b": 0.008, "c": 0.0012}
KEEP = 0.02
"""Weights below this are not shipped."""
Example = tuple[dict[str, float], int]


def train(examples: Sequence[Example], classes: Sequence[str], seed: int = 7) -> dict[str, list[float]]:
    """Multinomial logistic regression by stochastic gradient steps (Adagrad), with L2 by kind of feature."""
    width = len(classes)
    weights: dict[str, list[float]] = {"bias": [0.0] * width}
    squares: dict[str, list[float]] = {}
    shuffled = list(examples)
    source = random.Random(seed)
    for _ in range(EPOCHS):
        source.shuffle(shuffled)
        for values, target in shuffled:
            rows = [(name, value, weights.setdefault(name, [0.0] * width)) for name, value in values.items()]
            scores = list(weights["bias"])
            for _, value, row in rows:
                for index in range(width):
                    scores[index] += row[index] * value
            top = max(scores)
            powers = [math.exp(score - top) for score in scores]
            whole = sum(powers)
            errors = [power / whole - (index == target) for index, power in enumerate(powers)]
            for name, value, row in [*rows, ("bias", 1.0, weights["bias"])]:
                history = squares.setdefault(name, [1e-2] * width)
                decay = DECAY["w"] if name.startswith("w:") else DECAY["b"] if name.startswith("b:") else DECAY["c"]
                for index in range(width):
                    slope = errors[index] * value + decay * row[index]
                    history[index] += slope * slope
                    row[index] -= RATE * slope / math.sqrt(history[index])
    return weights


def _pruned(weights: dict[str, list[float]]) -> dict[str, list[float]]:
    kept = {name: [round(weight, 3) for weight in row] for name, row in weights.items()}
    return {name: row for name, row in sorted(kept.items()) if max(map(abs, row)) >= KEEP}


def fit(mails: Sequence[Labelled]) -> dict[str, dict[str, Any]]:
    """The content of `model.json`, trained on these mails."""
    weighed = [mail for mail in mails if mail.options.get("auto") not in UNWEIGHED]
    read = [features(focus_of(parse_mail(mail.raw)))[0].values for mail in weighed]
    seen = Counter(name for values in read for name in values)
    read = [{name: value for name, value in values.items() if seen[name] > 1} for values in read]
    classes = sorted({f"{mail.priority} {mail.type}" for mail in weighed})
    targets = [classes.index(f"{mail.priority} {mail.type}") for mail in weighed]
    data = {"decision": {"classes": classes, "weights": _pruned(train(list(zip(read, targets, strict=True)), classes))}}
    for impact in IMPACTS:
        flags = [int(impact in mail.impact) for mail in weighed]
        weights = train(list(zip(read, flags, strict=True)), ["no", "yes"])
        data[impact] = {"classes": ["no", "yes"], "weights": _pruned(weights)}
    return data


def main() -> None:
    """Write `model.json` from the whole set; its held-out third has judged the method before (`intake_bench.py`)."""
    mails = written()
    data = fit(mails)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("],", "],\n")
    (FOLDER / "model.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(mails)} mails, {sum(len(entry['weights']) for entry in data.values())} weights")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
