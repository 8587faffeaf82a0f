"""Fit the shipped model to the wider set: `make model`. Deterministic; needs scikit-learn, which nothing else does."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from skills.client_intake.knowledge import FOLDER
from skills.client_intake.qualification.features import features
from skills.client_intake.qualification.focus import focus_of
from skills.client_intake.qualification.model import GROUPS, SCALE, Weights
from skills.client_intake.reception.mail import parse_mail
from store.values import Impact
from tests.bench.intake_written import Labelled, written

UNWEIGHED = {"ooo", "bounce", "monitor"}
"""What is settled by its form never reaches the model."""
LOOSENESS = 2.0
"""scikit-learn's `C`: how far the weights may follow the mails."""
CORRECTION = 0.3
"""The same of the second regression, and how many parts of the clients the first is judged by."""
UNSEEN = 5
LOWEST = -5.0
ROUNDS = 2000
SEEN = 3
"""Mails that a word must be met in to count."""
KEEP = 0.05
"""Weights below this are not shipped."""

Row = dict[str, float]
Columns = dict[str, list[float]]
"""Weights by feature."""


def regress(examples: Sequence[Row], targets: Sequence[bool]) -> dict[str, float]:
    """Weights by feature of a logistic regression with L2, `bias` among them."""
    vectors = DictVectorizer()
    found = _regression(LOOSENESS).fit(vectors.fit_transform(examples), targets)
    return {**_by_name(vectors, found.coef_[0]), "bias": float(found.intercept_[0])}


def classify(examples: Sequence[Row], targets: Sequence[str], clients: Sequence[str]) -> tuple[list[str], Columns]:
    """The classes in order, and the weights of each by feature.

    Two regressions folded into one: the second weighs the scores that the first gives to clients it never saw, and so
    corrects how sure it is of each class, and which it confounds.
    """
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(examples)
    first = _regression(LOOSENESS)
    scores = cross_val_predict(
        first, matrix, targets, groups=clients, cv=StratifiedGroupKFold(UNSEEN), method="decision_function"
    )
    # A class that one part never saw is given the lowest of all numbers there.
    second = _regression(CORRECTION).fit(scores.clip(LOWEST), targets)
    first.fit(matrix, targets)
    weights = second.coef_ @ first.coef_
    biases = second.coef_ @ first.intercept_ + second.intercept_
    return list(first.classes_), {**_by_name(vectors, weights.T), "bias": [float(bias) for bias in biases]}


def _regression(looseness: float) -> LogisticRegression:
    return LogisticRegression(C=looseness, max_iter=ROUNDS)


def _by_name(vectors: DictVectorizer, weights: Any) -> dict[str, Any]:
    return {name: weights[at].tolist() for name, at in vectors.vocabulary_.items()}


def rarities(read: Sequence[Row]) -> dict[str, float]:
    """What is met in some mails or more, with the logarithm of how rarely (idf)."""
    seen = Counter(name for values in read for name in values if name[:2] in GROUPS)
    return {name: math.log(len(read) / count) for name, count in seen.items() if count >= SEEN}


def fit(mails: Sequence[Labelled]) -> str:
    """The content of `model.tsv`, fitted to these mails."""
    weighed = [mail for mail in mails if mail.options.get("auto") not in UNWEIGHED]
    raw = [features(focus_of(parse_mail(mail.raw)))[0].values for mail in weighed]
    rarity = rarities(raw)
    bare = Weights((), (), _lines({name: [value] for name, value in rarity.items()}).encode())
    read = [bare.weighed(values) for values in raw]
    targets = [f"{mail.priority} {mail.type}" for mail in weighed]
    classes, decision = classify(read, targets, [mail.client for mail in weighed])
    # Pieces of words add nothing to the impacts.
    plain = [{name: value for name, value in values.items() if not name.startswith("n:")} for values in read]
    impacts = [regress(plain, [impact in mail.impact for mail in weighed]) for impact in Impact]
    nothing = [0.0] * len(classes)
    rows: dict[str, list[float]] = {}
    for name in decision.keys() | rarity.keys():
        row = [rarity.get(name, 0.0)]
        suffering = [columns.get(name, 0.0) for columns in impacts]
        if name == "bias" or max(map(abs, suffering)) >= KEEP:
            row += [*decision.get(name, nothing), *suffering]
        elif max(map(abs, decision.get(name, nothing))) >= KEEP:
            row += decision[name]
        rows[name] = row
    return "\t".join(("classes", *classes)) + "\n" + "\t".join(("impacts", *Impact)) + "\n" + _lines(rows)


def _lines(rows: dict[str, list[float]]) -> str:
    return "".join(f"{name}\t{' '.join(str(round(value * SCALE)) for value in rows[name])}\n" for name in sorted(rows))


def main() -> None:
    """Write `model.tsv` from the whole set; its held-out third has judged the method before (`intake_bench.py`)."""
    mails = written()
    text = fit(mails)
    (FOLDER / "model.tsv").write_text(text, encoding="utf-8")
    print(f"{len(mails)} mails, {text.count(chr(10)) - 2} features")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
