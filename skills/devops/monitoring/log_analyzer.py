"""devops/monitoring/log-analyzer: reads what the client's pods have said since shortly before the onset."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from skills.contract import Context, Result, SkillError, skill
from skills.devops.evidence import blind, captured, found
from skills.devops.monitoring.naming import name_causes
from skills.devops.monitoring.pod_logs import PodLog, read_logs
from skills.wording import say
from store.values import Cause, Evidence, Proof

_SHOWN = 12
"""Proof lines that are kept as the excerpt of one log."""


@skill("devops/monitoring/log-analyzer")
async def analyse_logs(context: Context) -> Result:
    """Read all pods' logs, current and previous, and say what in them explains an outage.

    Raises:
        SkillError: no workload is configured for the client.
    """
    site, language = context.site, context.incident.language
    if not site.workloads:
        raise SkillError(say(language, "workloads.none", client=site.name), hint="[clients] workloads")
    logs = await read_logs(context)
    causes = await name_causes((), logs)
    evidence = tuple(_evidence(context, log, causes) for log in logs)
    facts = {
        "lines": sum(len(log.lines) for log in logs),
        "unseen": sum(bool(log.unavailable) for log in logs),
        "causes": [cause.key for cause in causes],
    }
    return Result(line=_line(context, logs, causes), facts=facts, events=captured(evidence))


def _evidence(context: Context, log: PodLog, causes: Sequence[Cause]) -> Evidence:
    """Return what a log says for the causes: the lines that prove them."""
    if log.unavailable:
        return blind(context, log.source, "log", log.unavailable)
    proofs: list[Proof] = [proof for cause in causes for proof in cause.proofs if proof.source == log.source]
    facts = {
        "lines": len(log.lines),
        "proofs": len(proofs),
        "causes": [cause.key for cause in causes if proofs],
        "fingerprint": context.vault.fingerprint(log.data.decode()),  # keyed, so the whole need not be redacted for it
    }
    excerpt = "\n".join(proof.line for proof in proofs[:_SHOWN])
    return found(context, log.source, "log", facts, excerpt)


def _line(context: Context, logs: Sequence[PodLog], causes: Sequence[Cause]) -> str:
    language = context.incident.language
    unseen = sum(bool(log.unavailable) for log in logs)
    lines = sum(len(log.lines) for log in logs)
    blind_spot = say(language, "unseen", count=unseen) if unseen else ""
    if not causes:
        blind_all = unseen and not lines
        return say(language, "logs.blind") if blind_all else say(language, "logs.quiet", lines=lines) + blind_spot
    root = causes[0]
    since = root.first_seen_at.astimezone(ZoneInfo(context.incident.time_zone)) if root.first_seen_at else None
    said = say(
        language,
        "logs.cause",
        title=root.title.get(language, root.key),
        count=root.count,
        since=f"{since:%H:%M}" if since else "?",
    )
    return said + blind_spot
