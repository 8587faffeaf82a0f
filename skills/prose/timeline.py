"""An incident's timeline for people: the moments that mattered, in order, from the log. Pure."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from skills.prose.account import applied_changes
from skills.prose.foreign import one_line
from skills.prose.knowledge import words
from store.incident import Incident

Moment = tuple[datetime, str]


def timeline(incident: Incident) -> list[Moment]:
    """Return the moments, oldest first; of equal ones, in the order of an incident's life."""
    return sorted(_moments(incident), key=lambda moment: moment[0])


def timeline_lines(incident: Incident) -> list[str]:
    """Return `HH:MM - text` a line, in the client's zone; another day than the line before's stands before the time."""
    zone = ZoneInfo(incident.time_zone)
    shown = (incident.onset_at or incident.reported_at).astimezone(zone).date()
    lines = []
    for at, text in timeline(incident):
        local = at.astimezone(zone)
        day = "" if local.date() == shown else f"{local.date().isoformat()} "
        shown = local.date()
        lines.append(f"{day}{local:%H:%M} - {text}")
    return lines


def _moments(incident: Incident) -> Iterator[Moment]:
    said = words(incident.language)["timeline"]
    if incident.onset_at:
        yield incident.onset_at, said["onset"]
    yield incident.reported_at, said["reported"]
    if incident.diagnosed_at:
        yield incident.diagnosed_at, said["diagnosed"]
    yield from _plans(incident, said)
    if proof := incident.verification:
        yield proof.at, said["verified" if proof.passed else "verification_failed"]
    elif incident.resolved_at:
        yield incident.resolved_at, said["resolved_no_fix"]
    if incident.draft and incident.draft.sent_at:
        yield incident.draft.sent_at, said["mailed"]


def _plans(incident: Incident, said: dict[str, str]) -> Iterator[Moment]:
    for plan in incident.plans:
        if plan.approved_at and plan.approvals:
            yield plan.approved_at, said["approved"].format(by=one_line(", ".join(plan.approvals), 80))
        for change, view in zip(plan.plan.changes, plan.changes, strict=True):
            if view.state in ("failed", "unknown") and view.at:
                yield view.at, said["change_failed"].format(target=one_line(str(change.target), 80))
    done = [view.at for plan, _, view in applied_changes(incident) if view.at and not plan.plan.inverts]
    if done:
        yield max(done), said["fixed"]
    undone = [view.at for plan, _, view in applied_changes(incident) if view.at and plan.plan.inverts]
    if undone:
        yield max(undone), said["taken_back"]
