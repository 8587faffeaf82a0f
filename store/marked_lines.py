"""A log line that a person marked as evidence: how it stands in the journal, and how it is found in the log again."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from store.feed import LogEntry
from store.safe_text import redact
from store.values import Evidence

KIND = "log.marked"
"""No signature of a cause reads this kind: what a person marks is shown, and decides nothing by itself."""
_MOST = 4_000

Mark = tuple[str, str, str]
"""Instant (ISO 8601), pod and text of a line."""


def mark_of(entry: LogEntry) -> Mark:
    """Return what a line is marked by."""
    return entry.at.isoformat() if entry.at else "", entry.pod, entry.text[:_MOST]


def marked_evidence(mark: Mark, by: str, now: datetime) -> Evidence:
    """Return the evidence that a marked line is: the same line makes the same."""
    at, pod, text = mark
    text = redact(text)[:_MOST]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Evidence(
        id=hashlib.sha256(f"{KIND}|{at}|{pod}|{digest}".encode()).hexdigest()[:12],
        source=f"logs/{pod}",
        kind=KIND,
        captured_at=now,
        excerpt=text,
        facts={"at": at, "pod": pod, "by": by},
        digest=digest,
    )


def marked_lines(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """Yield what persons marked."""
    return (each for each in evidence if each.kind == KIND)


def marks(evidence: Iterable[Evidence]) -> frozenset[Mark]:
    """Return by what the marked lines are found in a log."""
    return frozenset((each.facts["at"], each.facts["pod"], each.excerpt) for each in marked_lines(evidence))
