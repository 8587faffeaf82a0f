"""Logs alone: one row a file, as the command line prints it."""

from collections.abc import Iterator, Sequence
from typing import Any

from skills.devops.monitoring.logs.diagnosis import LogText, diagnose
from store.values import Cause

HEALTHY = "healthy"


def diagnose_logs(files: Sequence[tuple[str, bytes]]) -> Iterator[dict[str, Any]]:
    """Yield `file cause confidence also lines why` for each file, a case of its own.

    `also` are consequences and independent further causes that are really present; `lines` count from 1.
    """
    for name, data in files:
        found = diagnose((), [LogText(name, name, data)])
        if found.healthy:
            yield _row(
                name, Cause(key=HEALTHY, confidence=found.confidence), [], "nothing in the log explains an outage"
            )
            continue
        root, *others = found.causes
        also = dict.fromkeys([*root.also, *(other.key for other in others)])
        proof = f": {root.proofs[0].line}" if root.proofs else ""
        yield _row(name, root, list(also), root.title["en"] + proof)


def _row(name: str, cause: Cause, also: list[str], why: str) -> dict[str, Any]:
    lines = [proof.number for proof in cause.proofs if proof.number]
    return {"file": name, "cause": cause.key, "confidence": cause.confidence, "also": also, "lines": lines, "why": why}
