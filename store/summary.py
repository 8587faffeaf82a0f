"""One line an incident: what lists, the queue and searches read. A cache: the journals can rebuild it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.incident import Incident
from store.values import Priority

_INSTANTS = ("received_at", "deadline", "opened_at", "resolved_at", "paused_at")


@dataclass(frozen=True, slots=True)
class Summary:
    """An incident in a line. `size` is its journal's in bytes when this was written: another one is stale."""

    incident: str
    report: str
    client: str
    title: str
    priority: Priority
    state: str
    received_at: datetime
    deadline: datetime
    opened_at: datetime
    time_zone: str
    resolved_at: datetime | None
    cause: str
    remedy: str
    reports: tuple[str, ...]
    words: str
    paused_at: datetime | None = None
    size: int = 0

    @property
    def diagnosed(self) -> bool:
        """Whether a diagnosis stands, be it that nothing is wrong."""
        return bool(self.cause)


def summarise(incident: Incident, size: int) -> Summary:
    """Return an incident's line."""
    cause = incident.cause.key if incident.cause else ("healthy" if incident.causes is not None else "")
    said = (incident.title, incident.mail.sender.name, incident.mail.text[:2000], cause, *incident.teams)
    return Summary(
        incident=incident.id,
        report=incident.report,
        client=incident.client,
        title=incident.title,
        priority=incident.priority,
        state=incident.state,
        received_at=incident.reported_at,
        deadline=incident.deadline,
        opened_at=incident.opened_at,
        time_zone=incident.time_zone,
        resolved_at=incident.resolved_at,
        cause=cause,
        remedy=incident.cause.remedy if incident.cause else "",
        reports=incident.reports,
        words=" ".join(said),
        paused_at=incident.paused_at,
        size=size,
    )


def to_row(summary: Summary) -> dict[str, Any]:
    """Return the table row of a summary."""
    row = {name: getattr(summary, name) for name in Summary.__dataclass_fields__}
    for name in _INSTANTS:
        row[name] = row[name].isoformat() if row[name] else None
    return {**row, "reports": list(summary.reports), "priority": summary.priority.value}


def from_row(row: dict[str, Any]) -> Summary:
    """Return the summary of a table row."""
    typed = dict(row)
    for name in _INSTANTS:
        typed[name] = datetime.fromisoformat(row[name]) if row.get(name) else None
    typed["priority"] = Priority(row["priority"])
    typed["reports"] = tuple(row["reports"])
    return Summary(**typed)
