"""The log diagnosis' figures: on the made set, tuned part and held-out third, on any labelled folder, and its speed.

    python -m tests.bench.logs_bench [FOLDER]

FOLDER holds logs and `labels.jsonl` with `file`, `cause`, `lines`, `also`. The speed stands beside that of
`grep -c -E` with the same signatures over the same bytes.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from skills.devops.monitoring.logs import diagnose_logs, scan
from skills.devops.monitoring.logs.causes import causes
from tests.bench.logs_world import Case, made_cases

Figures = dict[str, float]
_SIZE = 2_000_000
"""Bytes that are searched by both; grep needs minutes for more."""
_GREP_SIZE = 100_000


def main(arguments: Sequence[str] = ()) -> dict[str, Figures]:
    """Print and return the figures."""
    made = [case for seed in range(3) for case in made_cases(seed)]
    found = {
        "made, tuned part": figures([case for case in made if not case.held]),
        "made, held-out third": figures([case for case in made if case.held]),
        "made, hard ones": figures([case for case in made if case.hard]),
    }
    for folder in arguments:
        found[Path(folder).name] = figures(list(labelled(Path(folder))))
    found["speed"] = speed(b"".join(case.data for case in made))
    for name, values in found.items():
        print(f"{name}: " + ", ".join(f"{key} {value:.3f}" for key, value in values.items()))  # noqa: T201 its output
    return found


def labelled(folder: Path) -> Iterator[Case]:
    """Yield the logs of a folder with their labels."""
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        data = (folder / row["file"]).read_bytes()
        yield Case(row["file"], row["cause"], tuple(row["also"]), data, frozenset(row["lines"]), held=True, hard=False)


def figures(cases: Sequence[Case]) -> Figures:
    """Shares of right causes, proofs and consequences; the number of alarms on healthy logs."""
    rows = list(diagnose_logs([(case.name, case.data) for case in cases]))
    right = [row["cause"] == case.cause for row, case in zip(rows, cases, strict=True)]
    proved = [
        case.cause == "healthy" or bool(row["lines"] and row["lines"][0] in case.lines)
        for row, case in zip(rows, cases, strict=True)
    ]
    also = [set(row["also"]) == set(case.also) for row, case in zip(rows, cases, strict=True)]
    alarms = sum(not ok for ok, case in zip(right, cases, strict=True) if case.cause == "healthy")
    count = len(cases)
    return {
        "cases": count,
        "cause": sum(right) / count,
        "proof": sum(ok and proof for ok, proof in zip(right, proved, strict=True)) / count,
        "also": sum(also) / count,
        "false alarms": alarms,
    }


def speed(text: bytes) -> Figures:
    """MiB a second of the recogniser and of grep, and how often grep's time the recogniser needs."""
    scan("warm", b"warm")
    data = (text * (_SIZE // len(text) + 1))[:_SIZE]
    begun = time.perf_counter()
    scan("speed", data)
    ours = _SIZE / 2**20 / (time.perf_counter() - begun)
    theirs = _grep(data[:_GREP_SIZE])
    return {"MiB/s": ours, "grep MiB/s": theirs, "times grep's time": theirs / ours}


def _grep(data: bytes) -> float:
    """MiB a second of `grep -c -E`, in the C locale, over lower-case bytes: the quickest that it can be."""
    patterns = [
        part.pattern.pattern.decode() for cause in causes().values() for sign in cause.signs for part in sign.match
    ]
    with tempfile.TemporaryDirectory() as folder:
        listed, log = Path(folder) / "patterns", Path(folder) / "log"
        listed.write_text("\n".join(patterns) + "\n", encoding="utf-8")
        log.write_bytes(data.lower())
        begun = time.perf_counter()
        subprocess.run(["grep", "-c", "-E", "-f", listed, log], env={"LC_ALL": "C"}, capture_output=True, check=False)
        return len(data) / 2**20 / (time.perf_counter() - begun)


if __name__ == "__main__":
    main(sys.argv[1:])
