"""Stripe's lists: newest first, `created` ranges, a cursor and `has_more`."""

from collections.abc import Iterable
from typing import Any

from console.drill.stripe_api import refusals
from console.drill.stripe_api.forms import integer

Params = dict[str, Any]
RANGES = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


def page(url: str, objects: Iterable[Params], params: Params) -> Params:
    """The list object for `objects` (given oldest first) under the request's `created`, `limit` and cursors."""
    newest_first = [each for each in objects if _created_within(each["created"], params.get("created"))]
    newest_first.sort(key=lambda each: each["created"], reverse=True)
    limit = integer(params, "limit")
    if limit is None:
        limit = 10
    if not 1 <= limit <= 100:
        raise refusals.parameter(f"Invalid limit: must be between 1 and 100, got {limit}", "limit")
    chosen, more = _cut(newest_first, params, limit)
    return {"object": "list", "data": chosen, "has_more": more, "url": url}


def _created_within(created: int, bounds: Any) -> bool:
    if bounds is None:
        return True
    if not isinstance(bounds, dict):
        return created == integer({"created": bounds}, "created")
    for name, bound in bounds.items():
        if name not in RANGES:
            raise refusals.parameter(f"Received unknown parameter: created[{name}]", f"created[{name}]")
        if not RANGES[name](created, integer({f"created[{name}]": bound}, f"created[{name}]") or 0):
            return False
    return True


def _cut(objects: list[Params], params: Params, limit: int) -> tuple[list[Params], bool]:
    if cursor := params.get("ending_before"):
        end = _position(objects, cursor, "ending_before")
        start = max(0, end - limit)
        return objects[start:end], start > 0
    cursor = params.get("starting_after")
    start = _position(objects, cursor, "starting_after") + 1 if cursor else 0
    return objects[start : start + limit], len(objects) > start + limit


def _position(objects: list[Params], identifier: str, param: str) -> int:
    for index, each in enumerate(objects):
        if each["id"] == identifier:
            return index
    raise refusals.missing("object", identifier, param)
