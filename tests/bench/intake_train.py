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
from skills.client_intake.qualification.model import GROUPS, Weights
from skills.client_intake.reception.mail import parse_mail

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tests.bench.intake_written import Labelled, written

IMPACTS = ("production_down", "revenue_loss", "data_loss", "security", "degraded")
UNWEIGHED = {"ooo", "bounce", "monitor"}
"""What is settled by its form never reaches the model."""
EPOCHS = 24
RATE = 0.12
STRENGTH = 0.5
"""L2 on each weight, against the summed loss of all mails."""
KEEP = 0.05
"""Weights below this are not shipped."""
DIGITS = 2
Example = tuple[dict[str, float], int]


def train(examples: Sequence[Example], classes: Sequence[str], seed: int = 7) -> dict[str, list[float]]:
    """Multinomial logistic regression with L2 by stochastic gradient steps (Adagrad)."""
    width = range(len(classes))
    weights: dict[str, list[float]] = {"bias": [0.0 for _ in width]}
    squares: dict[str, list[float]] = {}
    # A step decays the features of its mail only, so the rare ones decay the more at each.
    seen = Counter(name for values, _ in examples for name in values)
    shuffled = list(examples)
    source = random.Random(seed)
    for _ in range(EPOCHS):
        source.shuffle(shuffled)
        for values, target in shuffled:
            errors = _errors(weights, values, target, len(classes))
            for name, value in (*values.items(), ("bias", 1.0)):
                row = weights[name]
                history = squares.setdefault(name, [1e-2 for _ in width])
                decay = STRENGTH / seen[name] if name in seen else 0.0
                for index in width:
                    slope = errors[index] * value + decay * row[index]
                    history[index] += slope * slope
                    row[index] -= RATE * slope / math.sqrt(history[index])
    return weights


def _errors(weights: dict[str, list[float]], values: dict[str, float], target: int, width: int) -> list[float]:
    """How far the chances given to the classes are from the truth."""
    scores = list(weights["bias"])
    for name, value in values.items():
        row = weights.setdefault(name, [0.0] * width)
        for index in range(width):
            scores[index] += row[index] * value
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    whole = sum(powers)
    return [power / whole - (index == target) for index, power in enumerate(powers)]


def _pruned(weights: dict[str, list[float]]) -> dict[str, list[float]]:
    kept = {name: [round(weight, DIGITS) for weight in row] for name, row in weights.items()}
    return {name: row for name, row in sorted(kept.items()) if max(map(abs, row)) >= KEEP}


def _rarity(read: Sequence[dict[str, float]]) -> dict[str, float]:
    """What is met in two mails or more, with the logarithm of how rarely (idf)."""
    seen = Counter(name for values in read for name in values if name[:2] in GROUPS)
    return {name: round(math.log(len(read) / count), 2) for name, count in sorted(seen.items()) if count > 1}


def fit(mails: Sequence[Labelled], impacts: Sequence[str] = IMPACTS) -> dict[str, Any]:
    """The content of `model.json`, trained on these mails."""
    weighed = [mail for mail in mails if mail.options.get("auto") not in UNWEIGHED]
    raw = [features(focus_of(parse_mail(mail.raw)))[0].values for mail in weighed]
    weights = Weights({}, _rarity(raw))
    read = [weights.weighed(values) for values in raw]
    classes = sorted({f"{mail.priority} {mail.type}" for mail in weighed})
    targets = [classes.index(f"{mail.priority} {mail.type}") for mail in weighed]
    rows = _pruned(train(list(zip(read, targets, strict=True)), classes))
    found: dict[str, Any] = {"decision": {"classes": classes, "weights": rows}}
    plain = [{name: value for name, value in values.items() if not name.startswith("n:")} for values in read]
    for impact in impacts:
        flags = [int(impact in mail.impact) for mail in weighed]
        rows = _pruned(train(list(zip(plain, flags, strict=True)), ["no", "yes"]))
        found[impact] = {"classes": ["no", "yes"], "weights": rows}
    return {"models": found, "rarity": weights.rarity}


def main() -> None:
    """Write `model.json` from the whole set; its held-out third has judged the method before (`intake_bench.py`)."""
    mails = written()
    data = fit(mails)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("],", "],\n")
    (FOLDER / "model.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(mails)} mails, {sum(len(entry['weights']) for entry in data['models'].values())} weights")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
