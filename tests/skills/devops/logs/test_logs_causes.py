"""Each cause is known by what real clients, drivers, runtimes and Kubernetes print."""

import json
from pathlib import Path

import pytest

from skills.devops.monitoring.logs import diagnose_logs
from skills.devops.monitoring.logs.causes import causes

WORDINGS: dict[str, list[str]] = json.loads(Path(__file__).with_name("wordings.json").read_text(encoding="utf-8"))
CASES = [(cause, line) for cause, lines in WORDINGS.items() for line in lines]


def log(line: str) -> bytes:
    ordinary = [f"2025-03-03T10:00:{second:02d}Z INFO GET /panier status=200" for second in range(30)]
    failing = [line, "2025-03-03T10:02:00Z INFO POST /pay status=500"] * 4
    return ("\n".join(ordinary + failing) + "\n").encode()


@pytest.mark.parametrize(("cause", "line"), CASES)
def test_a_wording_names_its_cause_and_its_line_proves_it(cause: str, line: str) -> None:
    (row,) = diagnose_logs([("shop.log", log(line))])
    assert row["cause"] == cause
    assert row["lines"][0] in range(31, 32 + line.count("\n"))


def test_every_cause_has_a_wording_here() -> None:
    assert set(WORDINGS) == set(causes())


@pytest.mark.parametrize("key", sorted(causes()))
def test_a_cause_is_whole(key: str) -> None:
    """It is told in both languages, asks a person in both, and explains only causes that there are."""
    cause = causes()[key]
    assert all(cause.title[language] and cause.summary[language] for language in ("fr", "en"))
    assert all(cause.ask[language] for language in ("fr", "en"))
    further = cause.explains_of[1] if cause.explains_of else frozenset()
    assert cause.explains | further | cause.mistaken_for <= set(causes())
    assert cause.mistaken_for <= cause.explains


def test_a_row_is_json() -> None:
    """The command line prints rows as they are."""
    (row,) = diagnose_logs([("shop.log", log("ERROR Dalli::RingError: No server available"))])
    assert set(json.loads(json.dumps(row))) == {"file", "cause", "confidence", "also", "lines", "why"}
