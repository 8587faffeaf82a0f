"""Causes as data: `skills/knowledge/causes/*.toml`, one file a cause, read once."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from skills.devops.monitoring.logs.literals import alternatives, required_literals
from store.values import Json, Language, Words

FOLDER = Path(__file__).resolve().parents[3] / "knowledge" / "causes"


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """A part of a signature's pattern; a line that has none of its literals can't match it."""

    pattern: re.Pattern[bytes]
    literals: frozenset[bytes]


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """A signature over log text: any of `match`. These, `unless` and `near` see the line in lower case, `cased` not.

    `contradicted` (anywhere) and `recovered` (later on) are templates over the groups of `capture`. Where `guessed`
    finds several names in a log, somebody tries doors, and none of the hits that have one counts.
    """

    cause: str
    match: tuple[Alternative, ...]
    weight: float
    info: bool = False
    unless: re.Pattern[bytes] | None = None
    near: re.Pattern[bytes] | None = None
    cased: re.Pattern[bytes] | None = None
    capture: re.Pattern[bytes] | None = None
    contradicted: str = ""
    recovered: str = ""
    guessed: re.Pattern[bytes] | None = None


@dataclass(frozen=True, slots=True)
class FactRule:
    """A signature over structured evidence; a disproof has words instead of weight."""

    kind: str
    where: Json
    weight: float = 0.0
    says: Words | None = None


@dataclass(frozen=True, slots=True)
class CauseSpec:
    """What is known of a cause. `transient` ones are forgiven when the same operation succeeds afterwards.

    `explains_of` are further causes that it explains where a proof's line names what they need, such as a database.
    One that is there `beside_service` isn't disproved by requests that are served: other pods serve them.
    Of what it `explains`, the causes it is `mistaken_for` only look present: they are no consequences either.
    """

    key: str
    title: Words
    summary: Words
    remedy: str
    signs: tuple[Sign, ...]
    facts: tuple[FactRule, ...]
    disproofs: tuple[FactRule, ...]
    explains: frozenset[str]
    explains_of: tuple[re.Pattern[bytes], frozenset[str]] | None
    mistaken_for: frozenset[str]
    ask: dict[Language, list[str]]
    operation: str
    transient: bool
    residual: bool
    beside_service: bool


def _pattern(text: str | None) -> re.Pattern[bytes] | None:
    return re.compile(text.encode()) if text else None


def _sign(cause: str, table: dict[str, Any]) -> Sign:
    return Sign(
        cause=cause,
        match=tuple(
            Alternative(re.compile(part.encode()), required_literals(part)) for part in alternatives(table["match"])
        ),
        weight=table["weight"],
        info=table.get("levels") == "info",
        unless=_pattern(table.get("unless")),
        near=_pattern(table.get("near")),
        cased=_pattern(table.get("cased")),
        capture=_pattern(table.get("capture")),
        contradicted=table.get("contradicted", ""),
        recovered=table.get("recovered", ""),
        guessed=_pattern(table.get("guessed")),
    )


def _rule(table: dict[str, Any]) -> FactRule:
    return FactRule(table["kind"], table["where"], table.get("weight", 0.0), table.get("says"))


def _explains_of(table: dict[str, Any] | None) -> tuple[re.Pattern[bytes], frozenset[str]] | None:
    return (re.compile(table["names"].encode()), frozenset(table["causes"])) if table else None


def _cause(key: str, table: dict[str, Any]) -> CauseSpec:
    return CauseSpec(
        key=key,
        title=table["title"],
        summary=table["summary"],
        remedy=table["remedy"],
        signs=tuple(_sign(key, sign) for sign in table.get("sign", ())),
        facts=tuple(_rule(rule) for rule in table.get("fact", ())),
        disproofs=tuple(_rule(rule) for rule in table.get("disproof", ())),
        explains=frozenset(table.get("explains", ())),
        explains_of=_explains_of(table.get("explains_of")),
        mistaken_for=frozenset(table.get("mistaken_for", ())),
        ask=table.get("ask", {}),
        operation=table.get("operation", "http"),
        transient=table.get("transient", False),
        residual=table.get("residual", False),
        beside_service=table.get("beside_service", False),
    )


@cache
def causes() -> dict[str, CauseSpec]:
    """Every known cause by its key, which is its file's name."""
    files = sorted(path for path in FOLDER.iterdir() if path.suffix == ".toml")
    return {path.stem: _cause(path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in files}
