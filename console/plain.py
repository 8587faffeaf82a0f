"""An incident's timeline as lines: for pipes, dumb terminals and screen readers."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from store import events as e
from store.fold import Record
from store.safe_text import plain

_QUIET = (e.SkillStarted, e.PhaseCompleted)


def timeline(records: Sequence[Record]) -> list[str]:
    """Return one line an event: instant in the client's zone, event, what it says. Foreign text is made plain."""
    opened = next((record.event for record in records if isinstance(record.event, e.IncidentOpened)), None)
    zone = ZoneInfo(opened.time_zone) if opened else None
    return [
        plain(f"{record.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {record.event.type:22} {_said(record.event)}").rstrip()
        for record in records
        if not isinstance(record.event, _QUIET)
    ]


def _said(event: e.Event) -> str:
    for name in ("title", "line", "digest", "text", "phase", "why", "reason", "path", "ticket", "subject"):
        value = getattr(event, name, "")
        if isinstance(value, str) and value:
            return value.splitlines()[0][:160]
    if isinstance(event, e.SkillFinished):
        return f"{event.step}: {event.outcome.line}"
    if isinstance(event, e.EvidenceCaptured):
        return f"{event.evidence.source} {event.evidence.unavailable or event.evidence.kind}"
    if isinstance(event, e.CauseNamed):
        return ", ".join(f"{cause.key} {cause.confidence:.0%}" for cause in event.causes) or "healthy"
    return getattr(event, "step", "") or getattr(event, "change", "")[:12]
