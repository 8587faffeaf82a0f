"""Structured evidence against the causes' fact rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skills.devops.monitoring.logs.causes import CauseSpec, FactRule, causes
from store.values import Evidence, Words

_COMPARED = {
    "ge": lambda have, want: have >= want,
    "gt": lambda have, want: have > want,
    "le": lambda have, want: have <= want,
    "lt": lambda have, want: have < want,
}


@dataclass(frozen=True, slots=True)
class FactHit:
    """Evidence that a cause's rule matched."""

    cause: str
    evidence: Evidence
    weight: float

    @property
    def says(self) -> str:
        """The evidence in a line: its excerpt, else its facts."""
        told = ", ".join(f"{name}={value}" for name, value in self.evidence.facts.items())
        return self.evidence.excerpt.partition("\n")[0] or f"{self.evidence.kind}: {told}"


def fact_hits(evidence: Sequence[Evidence]) -> Iterator[FactHit]:
    """Yield what the causes' rules match. What could not be looked at is never a finding."""
    for each in evidence:
        if each.unavailable:
            continue
        for cause in causes().values():
            weight = max((rule.weight for rule in cause.facts if holds(rule, each)), default=0.0)
            if weight:
                yield FactHit(cause.key, each, weight)


def disproofs(cause: CauseSpec, evidence: Sequence[Evidence]) -> list[Words]:
    """Return what speaks against the cause, in the words of every language."""
    return [
        rule.says
        for rule in cause.disproofs
        if rule.says and any(holds(rule, each) for each in evidence if not each.unavailable)
    ]


def holds(rule: FactRule, evidence: Evidence) -> bool:
    """Whether the evidence is of the rule's kind and has all of its facts."""
    return evidence.kind == rule.kind and all(
        name in evidence.facts and _fits(evidence.facts[name], wanted) for name, wanted in rule.where.items()
    )


def _fits(have: Any, wanted: Any) -> bool:
    """A scalar is equal, `~text` is a pattern found in it, a list is any of them, a table compares numbers."""
    if isinstance(wanted, list):
        return any(_fits(have, each) for each in wanted)
    if isinstance(wanted, Mapping):
        return isinstance(have, int | float) and all(_COMPARED[name](have, bound) for name, bound in wanted.items())
    if isinstance(wanted, str) and wanted.startswith("~"):
        return bool(re.search(wanted[1:], str(have), re.IGNORECASE))
    return bool(have == wanted)
