"""The intake's figures: on the written set, tuned part and held-out third, and on any folder of labelled mails.

    python -m tests.bench.intake_bench [--folds] [FOLDER]

`--folds` judges every written mail once, by a model trained without any mail of its client (two minutes): the
honest figure for voices never seen. The held-out third is judged by a model that never saw it, trained here from the
rest; its threads and thresholds are those that ship. FOLDER holds `*.eml` and `labels.jsonl`, and is judged by the
shipped model.
"""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from skills.client_intake.qualification.model import Weights, fitted
from skills.client_intake.triage import triage
from tests.bench.intake_train import fit
from tests.bench.intake_written import Labelled, written

Figures = dict[str, float]


def main(arguments: Sequence[str] = ()) -> dict[str, Figures]:
    """Print and return the figures."""
    mails = written()
    tuned = fitted(fit([mail for mail in mails if not mail.held_out]))
    found = {
        "written, tuned part": figures([mail for mail in mails if not mail.held_out], tuned),
        "written, held-out third": figures([mail for mail in mails if mail.held_out], tuned),
    }
    if "--folds" in arguments:
        found["written, five folds"] = figures_of(mails, cross_validated(mails))
    for folder in (argument for argument in arguments if argument != "--folds"):
        found[Path(folder).name] = figures(labelled(Path(folder)), None)
    found["speed"] = {"mails a second": _bulk(mails), "cold start in seconds": _cold_start(mails[0].raw)}
    for name, values in found.items():
        print(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in values.items()))  # noqa: T201 - a command
    return found


FOLDS = 5


def cross_validated(mails: Sequence[Labelled]) -> list[dict[str, Any]]:
    """What is read in each mail by a model that saw none of its client's; threads stay whole."""
    lots = [int(hashlib.sha256(mail.client.encode()).hexdigest(), 16) % FOLDS for mail in mails]
    judged: dict[str, dict[str, Any]] = {}
    for fold in range(FOLDS):
        weights = fitted(fit([mail for mail, lot in zip(mails, lots, strict=True) if lot != fold]))
        left_out = [(mail.name, mail.raw) for mail, lot in zip(mails, lots, strict=True) if lot == fold]
        judged.update((row["file"], row) for row in triage(left_out, weights=weights))
    return [judged[mail.name] for mail in mails]


def labelled(folder: Path) -> list[Labelled]:
    """The mails of a folder with the labels of its `labels.jsonl`, in that order."""
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    return [
        Labelled(
            row["file"], (folder / row["file"]).read_bytes(), row["priority"], row["type"], frozenset(row["impact"]),
            row["language"], row["client"], row["duplicate_of"],
        )
        for row in rows
    ]  # fmt: skip


def figures(mails: Sequence[Labelled], weights: Weights | None) -> Figures:
    """The figures of mails judged in order by one model, the shipped one where none is given."""
    return figures_of(mails, list(triage([(mail.name, mail.raw) for mail in mails], weights=weights)))


def figures_of(mails: Sequence[Labelled], judged: Sequence[dict[str, Any]]) -> Figures:
    """Shares of right answers, and for P1 and duplicates recall, precision and F1."""
    pairs = list(zip(mails, judged, strict=True))
    present = {mail.name for mail in mails}
    wanted = {(mail.name, mail.duplicate_of) for mail in mails if mail.duplicate_of in present}
    given = {(row["file"], row["duplicate_of"]) for row in judged if row["duplicate_of"]}
    hits = sum(row["priority"] == mail.priority == "P1" for mail, row in pairs)
    return {
        "mails": float(len(mails)),
        "priority": _share([row["priority"] == mail.priority for mail, row in pairs]),
        "P1 recall": hits / max(1, sum(mail.priority == "P1" for mail in mails)),
        "P1 precision": hits / max(1, sum(row["priority"] == "P1" for row in judged)),
        "type": _share([row["type"] == mail.type for mail, row in pairs]),
        "impact": _share([set(row["impact"]) == set(mail.impact) for mail, row in pairs]),
        "language": _share([row["language"] == mail.language for mail, row in pairs]),
        "client": _share([row["client"] == mail.client for mail, row in pairs]),
        "duplicates F1": 2 * len(wanted & given) / max(1, len(wanted) + len(given)),
    }


def _share(right: Sequence[bool]) -> float:
    return sum(right) / max(1, len(right))


def _bulk(mails: Sequence[Labelled]) -> float:
    files = [(f"{turn}-{mail.name}", mail.raw) for turn in range(3) for mail in mails]
    start = time.perf_counter()
    for _ in triage(files):
        pass
    return len(files) / (time.perf_counter() - start)


def _cold_start(raw: bytes) -> float:
    """The best of five: a whole interpreter that reads one mail."""
    code = "import sys; from skills.client_intake.triage import triage; list(triage([('-', sys.stdin.buffer.read())]))"
    root = Path(__file__).resolve().parent.parent.parent
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], input=raw, check=True, cwd=root)
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main(sys.argv[1:])
