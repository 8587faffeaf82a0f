"""task-orchestrator/queue/priority-manager: the incident's place in the queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from skills.contract import Context, Result, skill
from skills.prose.knowledge import words
from store.values import Priority


class Queued(Protocol):
    """What the queue knows of an incident."""

    @property
    def incident(self) -> str:
        """Its id."""

    @property
    def priority(self) -> Priority:
        """How urgent it is."""

    @property
    def deadline(self) -> datetime:
        """When its SLA ends."""


@skill("task-orchestrator/queue/priority-manager")
async def insert_in_queue(context: Context) -> Result:
    """Say where the incident stands among those that are open."""
    incident, said = context.incident, words(context.incident.language)
    others = [other for other in context.archive.open_incidents() if other.incident != incident.id]
    place, length = place_of(incident.priority, incident.deadline, others), len(others) + 1
    line = said["head_of_queue"] if place == 1 else said["place_in_queue"].format(place=place, length=length)
    return Result(line=line, facts={"place": place, "length": length})


def place_of(priority: Priority, deadline: datetime, others: Sequence[Queued]) -> int:
    """Return the place, counted from 1: by priority, then by the time left, then as they came."""
    return 1 + sum((other.priority, other.deadline) <= (priority, deadline) for other in others)
