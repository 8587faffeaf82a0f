"""Label and field selectors."""

import re

from console.drill.kube.kinds import Json
from console.drill.kube.status import bad_request

_TERM = re.compile(r"[^,(]+(?:\([^)]*\))?")
_SET = re.compile(r"^\s*([^\s!=]+)\s+(in|notin)\s+\(([^)]*)\)\s*$")
_EQUAL = re.compile(r"^\s*([^\s!=]+)\s*(==|=|!=)\s*([^\s]*)\s*$")


def matches_labels(labels: dict[str, str], selector: str) -> bool:
    """Whether labels satisfy a selector such as `app=shop,tier in (a,b),!old`."""
    return all(_term(labels, term) for term in _TERM.findall(selector))


def _term(labels: dict[str, str], term: str) -> bool:
    if match := _SET.match(term):
        key, how, values = match.groups()
        listed = {value.strip() for value in values.split(",")}
        return (labels.get(key) in listed) == (how == "in")
    if match := _EQUAL.match(term):
        key, how, value = match.groups()
        return (labels.get(key) == value) == (how != "!=")
    name = term.strip()
    return name[1:].strip() not in labels if name.startswith("!") else name in labels


def matches_fields(obj: Json, selector: str) -> bool:
    """Whether an object satisfies a field selector such as `metadata.name=x,status.phase!=Running`."""
    for term in filter(None, selector.split(",")):
        match = _EQUAL.match(term)
        if match is None:
            raise bad_request(f'invalid field selector "{term}"')
        path, how, value = match.groups()
        if (str(_value(obj, path)) == value) == (how == "!="):
            return False
    return True


def _value(obj: Json, path: str) -> object:
    found: object = obj
    for part in path.split("."):
        found = found.get(part, "") if isinstance(found, dict) else ""
    return found


def selects(selector: Json, labels: dict[str, str]) -> bool:
    """Whether a LabelSelector object (`matchLabels`, `matchExpressions`) selects labels."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    return all(_expression(expression, labels) for expression in selector.get("matchExpressions", []))


def _expression(expression: Json, labels: dict[str, str]) -> bool:
    key, values = expression["key"], expression.get("values", [])
    outcomes = {
        "In": labels.get(key) in values,
        "NotIn": labels.get(key) not in values,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }
    return outcomes.get(expression["operator"], False)
