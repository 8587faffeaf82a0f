"""The arithmetic of a rolling update, as the Deployment controller does it; pure."""

from dataclasses import dataclass
from math import ceil

from console.drill.kube.kinds import Json


@dataclass(frozen=True, slots=True)
class Room:
    """How many pods more than wanted there may be, and how many fewer available ones."""

    surge: int
    unavailable: int


def room(spec: Json) -> Room:
    """Resolve `maxSurge` (rounded up) and `maxUnavailable` (rounded down); both 0 would never move."""
    rolling, replicas = spec.get("strategy", {}).get("rollingUpdate") or {}, spec.get("replicas", 1)
    surge = ceil(_share(rolling.get("maxSurge", "25%"), replicas))
    unavailable = int(_share(rolling.get("maxUnavailable", "25%"), replicas))
    return Room(surge, unavailable) if surge or unavailable else Room(0, 1)


def scale_up(spec: Json, new: Json, sets: list[Json]) -> int:
    """Return how many pods the new ReplicaSet is to have now."""
    wanted, mine, total = spec.get("replicas", 1), asked(new), sum(asked(each) for each in sets)
    if mine >= wanted:
        return int(wanted)
    return int(mine + min(max(wanted + room(spec).surge - total, 0), wanted - mine))


def scale_down(spec: Json, new: Json, old: list[Json]) -> dict[str, int]:
    """Return how many pods each old ReplicaSet is to have now, by name: the unavailable ones go first."""
    least = spec.get("replicas", 1) - room(spec).unavailable
    total = asked(new) + sum(asked(each) for each in old)
    spare = total - least - (asked(new) - available(new))
    sizes = {each["metadata"]["name"]: asked(each) for each in old}
    for each in old:
        gone = min(max(spare, 0), max(asked(each) - available(each), 0))
        sizes[each["metadata"]["name"]] -= gone
        spare -= gone
    spare = min(spare, available(new) + sum(available(each) for each in old) - least)
    for each in old:
        gone = min(max(spare, 0), sizes[each["metadata"]["name"]])
        sizes[each["metadata"]["name"]] -= gone
        spare -= gone
    return sizes


def asked(each: Json) -> int:
    """How many pods a ReplicaSet is asked for."""
    return int(each["spec"].get("replicas", 0))


def available(each: Json) -> int:
    """How many of its pods are available."""
    return int(each.get("status", {}).get("availableReplicas", 0))


def _share(value: str | int, replicas: int) -> float:
    return replicas * int(value.rstrip("%")) / 100 if isinstance(value, str) else value
