"""Conditions of a status; the transition's instant moves only where the status changes."""

from datetime import datetime

from console.drill.kube.kinds import Json
from console.drill.kube.pace import stamp

Told = tuple[str, str, str]
"""Status (`True`, `False`, `Unknown`), reason, message; the last two may be empty."""
TRUE: Told = ("True", "", "")
FALSE: Told = ("False", "", "")


def condition(status: Json, kind: str) -> Json:
    """Return a condition, empty where there is none."""
    return next((each for each in status.get("conditions") or [] if each.get("type") == kind), {})


def set_condition(status: Json, kind: str, told: Told, now: datetime, *, updates: bool = False) -> Json:
    """Return the status with a condition set; `updates` adds the instant of its last update."""
    old, at = condition(status, kind), stamp(now)
    value, reason, message = told
    new: Json = {"type": kind, "status": value}
    new["lastTransitionTime"] = old.get("lastTransitionTime", at) if old.get("status") == value else at
    if updates:
        same = (old.get("status"), old.get("reason"), old.get("message")) == told
        new["lastUpdateTime"] = old.get("lastUpdateTime", at) if same else at
    new |= {name: text for name, text in (("reason", reason), ("message", message)) if text}
    kept = status.get("conditions") or []
    conditions = [new if each.get("type") == kind else each for each in kept]
    return {**status, "conditions": conditions if old else [*conditions, new]}
