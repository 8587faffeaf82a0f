"""Stripe's request encoding: a flat form whose names carry the nesting (`created[gte]`, `expand[]`, `a[0][b]`)."""

import re
from collections.abc import Iterable
from typing import Any

from console.drill.stripe_api import refusals

PART = re.compile(r"\[([^\]]*)\]")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`[("created[gte]", "1")]` becomes `{"created": {"gte": "1"}}`; lists are kept in order of appearance."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head = name.split("[", 1)[0]
        path = [head, *PART.findall(name)]
        _put(tree, path, value)
    return {name: _lists(value) for name, value in tree.items()}


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    *parents, leaf = path
    for part in parents:
        tree = tree.setdefault(part or str(len(tree)), {})
    tree[leaf or str(len(tree))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = {name: _lists(member) for name, member in value.items()}
    if members and all(name.isdigit() for name in members):
        return [members[name] for name in sorted(members, key=int)]
    return members


def integer(params: dict[str, Any], name: str) -> int | None:
    """A whole number, None where it is not given; raises Stripe's 400 where it is no number."""
    value = params.get(name)
    if value in (None, ""):
        return None
    try:
        return int(str(value))
    except ValueError:
        raise refusals.parameter(f"Invalid integer: {value}", name, "parameter_invalid_integer") from None


def flag(params: dict[str, Any], name: str) -> bool:
    """A boolean parameter, false where it is not given."""
    return str(params.get(name, "false")).lower() == "true"
