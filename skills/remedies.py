"""What mends a cause, read from `skills/knowledge/remedies.toml`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from store.values import Cause, Language, Value

Action = Literal["", "restart", "undo", "scale", "resources"]

_FILE = Path(__file__).parent / "knowledge" / "remedies.toml"


class Remedy(Value):
    """A remedy; `steps` are the approval steps that propose its changes, `minutes` an estimate."""

    key: str
    title: dict[Language, str]
    risk: dict[Language, str]
    steps: tuple[str, ...] = ()
    deployment: Action = ""
    """What the deployment manager proposes."""
    expiry: bool = False
    """Whether what it mends is something that expires."""
    minutes: int = 15


@cache
def remedies() -> dict[str, Remedy]:
    """Return every remedy by its key."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {key: Remedy(key=key, **fields) for key, fields in table.items()}


def find_remedy(key: str) -> Remedy | None:
    """Return the remedy of that key; None where there is none, so that a person decides."""
    return remedies().get(key)


def steps_of(key: str) -> tuple[str, ...]:
    """Return the approval steps that the remedy runs; empty for an unknown one."""
    remedy = find_remedy(key)
    return remedy.steps if remedy else ()


def with_steps(cause: Cause) -> Cause:
    """Return the cause with its remedy's steps, so that an old incident goes on under its own."""
    return cause.model_copy(update={"remedy_steps": steps_of(cause.remedy)})
