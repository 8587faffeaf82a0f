"""Tells the team how much of an incident's SLA is used up: each share once, under one id."""

from console.engine.case import Case
from console.engine.deliver import deliver_alert
from console.engine.sla import thresholds_reached
from skills.contract import Context
from skills.task_orchestrator.queue.sla_alert import sla_alert
from store.events import IncidentEvent, ThresholdReached


async def tell_thresholds(case: Case, context: Context, *, actor: str) -> None:
    """Tell what is reached and was not told. Of several at once, as after a pause of ours, only the highest is told."""
    incident = case.incident
    if incident.state != "open" or incident.paused_at:
        return
    reached = thresholds_reached(incident.left(context.now()), incident.sla_seconds)
    fresh = [percent for percent in reached if percent not in incident.thresholds]
    if not fresh:
        return
    alert = sla_alert(incident, fresh[-1], context.alert_url, context.now())
    told: list[IncidentEvent] = []
    if alert.url:
        told += await deliver_alert(case, context, alert, actor=actor)
    told += [ThresholdReached(percent=percent) for percent in fresh[:-1]]
    told.append(ThresholdReached(percent=fresh[-1], message=alert.message_id if alert.url else ""))
    await case.record(*told, actor=actor)
