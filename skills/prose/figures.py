"""The figures of a post-mortem as its tables show them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from skills.prose.account import automatic_share, recovered_at
from skills.prose.foreign import one_line
from skills.prose.formats import count, duration, money, share
from skills.prose.knowledge import words
from store.incident import Incident, StepView
from store.values import LossEstimate


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the metrics table."""

    name: str
    value: str
    sla: str


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A line of the skills table: a family of skills, its part in the incident, how it came out."""

    skill: str
    role: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ShareRow:
    """How automatic a phase was, beside its target."""

    phase: str
    measured: str
    target: str


@dataclass(frozen=True, slots=True)
class Losses:
    """What the outage has cost, in words; `method` says how that is known, or why it is not."""

    transactions: str
    revenue: str
    method: str


def metric_rows(incident: Incident) -> list[Row]:
    """Return detection, diagnosis, resolution and total with what was agreed for each."""
    said, metrics = words(incident.language)["metrics"], incident.metrics
    budget = next((p.phase.budget_seconds for p in incident.phases if p.phase.name == "diagnosis"), None)
    sla = float(incident.sla_seconds)
    recovered = recovered_at(incident)
    kept = recovered is not None and recovered <= incident.deadline
    return [
        Row(said["detection"], _shown(metrics.detection, incident), "-"),
        Row(said["diagnosis"], _shown(metrics.diagnosis, incident), _against(metrics.diagnosis, budget, incident)),
        Row(said["resolution"], _shown(metrics.resolution, incident), _against(metrics.resolution, sla, incident)),
        Row(said["total"], _shown(metrics.total, incident), _against(metrics.total, sla, incident, kept=kept)),
    ]


def _shown(seconds: float | None, incident: Incident) -> str:
    return "-" if seconds is None else duration(seconds, incident.language)


def _against(seconds: float | None, limit: float | None, incident: Incident, *, kept: bool | None = None) -> str:
    """Return `< 4h ✅`; the SLA as a whole is kept by its deadline, wherever its clock started."""
    if seconds is None or limit is None:
        return "-"
    good = seconds <= limit if kept is None else kept
    return f"< {duration(limit, incident.language)} {'✅' if good else '❌'}"


def skill_rows(incident: Incident) -> list[SkillRow]:
    """Return each family of skills in the order in which it was first needed."""
    roles = words(incident.language)["roles"]
    families: dict[str, list[StepView]] = {}
    for phase in incident.phases:
        for step in phase.steps:
            if step.state != "waiting":
                families.setdefault(step.step.skill.partition("/")[0], []).append(step)
    return [
        SkillRow(family, roles.get(family, family).format(priority=incident.priority), _outcome(steps))
        for family, steps in families.items()
    ]


def _outcome(steps: list[StepView]) -> str:
    """Return `✅ 3/3 · <what the last one said>`; a draft that waits for its reader is under way, not done."""
    done = [step for step in steps if step.state == "done"]
    counted = [step for step in steps if step.state != "skipped"]
    failed = any(step.state == "failed" for step in steps)
    mark = "❌" if failed else "✅" if len(done) == len(counted) else "⏳"
    said = next((step.outcome.line for step in reversed(done) if step.outcome and step.outcome.line), "")
    return f"{mark} {len(done)}/{len(counted)}" + (f" · {one_line(said, 120)}" if said else "")


def share_rows(incident: Incident) -> Iterator[ShareRow]:
    """Yield each phase that was entered."""
    names = words(incident.language)["phases"]
    for view in incident.phases:
        if view.entered_at:
            name = names.get(view.phase.name, view.phase.name)
            yield ShareRow(name, share(automatic_share(view)), share(view.phase.target_share))


def losses(incident: Incident) -> Losses:
    """Return what was filed about the loss."""
    said, figures = words(incident.language)["losses"], incident.figures or {}
    estimate = _estimate(figures.get("losses"))
    if estimate is None or not estimate.weeks:
        why = estimate.method if estimate else one_line(str(figures.get("losses_unavailable", "")))
        return Losses(said["unknown"], said["unknown"], why or said["not_asked"])
    revenue = money(estimate.revenue, estimate.currency, about=True)
    return Losses(count(estimate.transactions, about=True), revenue, one_line(estimate.method))


def _estimate(filed: object) -> LossEstimate | None:
    try:
        return LossEstimate.model_validate(filed) if filed else None
    except ValidationError:
        return None
