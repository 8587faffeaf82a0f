"""An incident's figures as JSON: what `demo --headless`, `show` and `export` print. Everything from the log."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from store.fold import Record
from store.incident import Incident


def incident_report(incident: Incident, records: Sequence[Record]) -> dict[str, Any]:
    """Return one object of figures; instants in ISO 8601 with the client's offset, durations in seconds."""
    zone = ZoneInfo(incident.time_zone)
    draft, document = incident.draft, incident.postmortem
    rule = incident.rules[-1] if incident.rules else None
    verified = incident.verification
    return {
        "incident": incident.id,
        "client": incident.client,
        "title": incident.title,
        "priority": incident.priority.value,
        "type": incident.request.value,
        "impact": [impact.value for impact in incident.impact],
        "state": incident.state,
        "cause": _cause(incident),
        "causes": [cause.key for cause in incident.causes or ()],
        "remedy": incident.cause.remedy if incident.cause else "",
        "confidence": incident.cause.confidence if incident.cause else None,
        "opened_at": incident.opened_at.astimezone(zone).isoformat(),
        "onset_at": incident.onset_at.astimezone(zone).isoformat() if incident.onset_at else None,
        "deadline": incident.deadline.astimezone(zone).isoformat(),
        "assigned": list(incident.teams),
        "resolved": bool(incident.resolved_at and verified and verified.passed),
        "phases": _phases(incident),
        "metrics": _metrics(incident),
        "mail": draft and draft.sent_at and _mail(incident),
        "ticket": incident.ticket_state or None,
        "postmortem": document.path if document and document.path else None,
        "alert_rule": rule and {"id": rule.id, "watches": rule.watches, "days_before": rule.days_before},
        "reports": list(incident.reports),
        "events": len(records),
        "audit_head": incident.head,
    }


def _cause(incident: Incident) -> str | None:
    if incident.causes is None:
        return None
    return incident.cause.key if incident.cause else "healthy"


def _phases(incident: Incident) -> list[dict[str, Any]]:
    return [
        {
            "name": view.phase.name,
            "seconds": round(view.seconds(incident.at), 3),
            "budget_seconds": view.phase.budget_seconds,
            "automatic_share": view.automatic_share,
            "target_share": view.phase.target_share,
        }
        for view in incident.phases
    ]


def _metrics(incident: Incident) -> dict[str, float | None]:
    metrics = incident.metrics
    return {name: getattr(metrics, name) for name in ("detection", "diagnosis", "resolution", "total")}


def _mail(incident: Incident) -> dict[str, Any] | None:
    if incident.draft is None:
        return None
    draft = incident.draft.draft
    return {"to": [address.email for address in draft.to], "subject": draft.subject, "message_id": draft.message_id}
