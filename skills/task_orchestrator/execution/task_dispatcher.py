"""task-orchestrator/execution/task-dispatcher: who gets the incident, and the alert that tells them."""

from datetime import datetime

from skills.contract import Alert, Context, Result, skill
from skills.prose.foreign import chat
from skills.prose.formats import due_time, duration
from skills.prose.knowledge import render, words
from skills.prose.naming import headline
from skills.site import Agency
from store.events import TeamsAssigned
from store.incident import Incident
from store.values import Priority

_ICONS = {Priority.P1: "🚨", Priority.P2: "⚠️"}
_DEFAULT = "default"


@skill("task-orchestrator/execution/task-dispatcher")
async def dispatch_task(context: Context) -> Result:
    """Assign the teams that the agency's configuration names, and alert them of a P1 or P2."""
    incident, said = context.incident, words(context.incident.language)
    teams = teams_for(incident, context.agency)
    alert = None
    if incident.priority in _ICONS and context.alert_url:
        alert = Alert(
            message_id=f"alert-{incident.id}-{incident.priority}",
            channel="team",
            url=context.alert_url,
            text=alert_text(incident, teams, context.now()),
        )
    remarks = [said["dispatched"], said["teams"].format(teams=" + ".join(teams))]
    if incident.priority in _ICONS and not context.alert_url:
        remarks.append(said["no_webhook"])
    return Result(
        line=" · ".join(remarks),
        facts={"teams": list(teams), "alert": alert.message_id if alert else None},
        events=(TeamsAssigned(teams=teams),),
        alert=alert,
    )


def teams_for(incident: Incident, agency: Agency) -> tuple[str, ...]:
    """Return the teams of that type of request; those of a hotfix where the configuration names none for it."""
    return agency.teams.get(incident.request) or agency.teams.get(_DEFAULT) or agency.teams.get("hotfix", ("DevOps",))


def alert_text(incident: Incident, teams: tuple[str, ...], now: datetime) -> str:
    """Return the alert as the team reads it."""
    said = words(incident.language)
    return render(
        f"alert.{incident.language}.txt.j2",
        icon=_ICONS.get(incident.priority, "ℹ️"),
        priority=incident.priority,
        headline=chat(headline(incident)),
        client=chat(incident.client, 100),
        impact=" / ".join(said["impact"][impact] for impact in incident.impact) or said["no_impact"],
        sla=duration(incident.sla_seconds, incident.language),
        deadline=due_time(incident.deadline, incident.time_zone, incident.language, now),
        teams=said["teams"].format(teams=" + ".join(teams)),
    ).rstrip("\n")
