"""project-management/pilotage/reporting: files the incident's figures as they stand once the client is told."""

from dataclasses import asdict
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from skills.contract import Context, Failure, Result, skill
from skills.devops.masking import decoded
from skills.devops.monitoring.losses import estimate_losses
from skills.prose.account import automatic_share, recovered_at
from skills.prose.knowledge import words
from store.events import ReportFiled
from store.incident import Incident
from store.values import Json, LossEstimate


@skill("project-management/pilotage/reporting")
async def file_report(context: Context) -> Result:
    """File durations, phases and what the outage has cost; a loss that can't be estimated says why."""
    losses, unavailable = await _losses(context)
    figures = {**figures_of(context.incident), "losses": losses and losses.model_dump(mode="json")}
    if unavailable:
        figures["losses_unavailable"] = unavailable
    line = words(context.incident.language)["filed"]
    return Result(line=line, facts={"losses": losses is not None}, events=(ReportFiled(figures=figures),))


def figures_of(incident: Incident) -> Json:
    """Return the durations in seconds, and each phase with its budget and its automatic share beside the target."""
    return {
        "metrics": asdict(incident.metrics),
        "phases": [
            {
                "name": view.phase.name,
                "seconds": view.seconds(incident.at),
                "budget_seconds": view.phase.budget_seconds,
                "automatic_share": automatic_share(view),
                "target_share": view.phase.target_share,
            }
            for view in incident.phases
            if view.entered_at
        ],
        "sla_seconds": incident.sla_seconds,
        "sla_kept": (ended := recovered_at(incident)) is not None and ended <= incident.deadline,
    }


async def _losses(context: Context) -> tuple[LossEstimate | None, str]:
    """Return the loss between onset and recovery, or why it is not known."""
    incident, site = context.incident, context.site
    recovered = recovered_at(incident)
    if recovered is None or site.stripe is None:
        return None, ""
    zone = ZoneInfo(site.time_zone)
    start = (incident.onset_at or incident.reported_at).astimezone(zone)
    try:
        return await estimate_losses(context, await _working_key(context), start, recovered.astimezone(zone)), ""
    except Failure as failure:
        return None, failure.title


async def _working_key(context: Context) -> SecretStr:
    """Return the key that the pods use now: the one of the cluster's Secret.

    Raises:
        Failure: the Secret can't be read, or has no such key.
    """
    live = await context.cluster.get(context.site.secret_ref)
    value = (live.get("data") or {}).get(context.site.secret.key)
    if value is None:
        raise Failure(f"{context.site.secret_ref} lacks `{context.site.secret.key}`")
    return SecretStr(decoded(value).strip())
