"""An incident's life: opened, its phases and steps, its end."""

from typing import Literal

from pydantic import AwareDatetime

from store.values import Cause, Evidence, Flow, Impact, Language, Mail, Outcome, Priority, Reading, RequestType, Value


class IncidentOpened(Value):
    """The first event of an incident; it names its report and carries the flow that it will follow."""

    type: Literal["incident.opened"] = "incident.opened"
    incident: str
    report: str
    client: str
    title: str
    priority: Priority
    request: RequestType
    impact: tuple[Impact, ...]
    language: Language
    time_zone: str
    mail: Mail
    reading: Reading
    reported_at: AwareDatetime
    onset_at: AwareDatetime | None
    deadline: AwareDatetime
    sla_seconds: int
    flow: Flow
    environment: str = ""
    cluster: str = ""


class ReportJoined(Value):
    """A further report of the same incident; `rule` and `reason`, the mail's own words, say why it is one."""

    type: Literal["report.joined"] = "report.joined"
    report: str
    sender: str
    subject: str
    reason: str = ""
    rule: str = ""


class ReportLeft(Value):
    """A report was taken out again: it is about something else."""

    type: Literal["report.left"] = "report.left"
    report: str
    by: str


class PhaseEntered(Value):
    """A phase began."""

    type: Literal["phase.entered"] = "phase.entered"
    phase: str


class PhaseCompleted(Value):
    """Every step of a phase is done."""

    type: Literal["phase.completed"] = "phase.completed"
    phase: str


class SkillStarted(Value):
    """A step began; `attempt` counts from 1."""

    type: Literal["skill.started"] = "skill.started"
    step: str
    attempt: int = 1


class SkillFinished(Value):
    """A step is done."""

    type: Literal["skill.finished"] = "skill.finished"
    step: str
    outcome: Outcome


class SkillFailed(Value):
    """A step could not be done: title, detail and what to do."""

    type: Literal["skill.failed"] = "skill.failed"
    step: str
    title: str
    detail: str = ""
    hint: str = ""


class SkillSkipped(Value):
    """A step that this incident's remedy does not need."""

    type: Literal["skill.skipped"] = "skill.skipped"
    step: str
    why: str


class StepRetried(Value):
    """A person asked for a failed step to be run again."""

    type: Literal["step.retried"] = "step.retried"
    step: str
    by: str


class TeamsAssigned(Value):
    """The incident was dispatched."""

    type: Literal["teams.assigned"] = "teams.assigned"
    teams: tuple[str, ...]


class EvidenceCaptured(Value):
    """A collector looked, or could not look."""

    type: Literal["evidence.captured"] = "evidence.captured"
    evidence: Evidence


class CauseNamed(Value):
    """The diagnosis, root first. An empty tuple says that nothing explains an outage."""

    type: Literal["cause.named"] = "cause.named"
    causes: tuple[Cause, ...]
    by: str = ""


class NoteAdded(Value):
    """A person's remark."""

    type: Literal["note.added"] = "note.added"
    text: str
    by: str


class IncidentResolved(Value):
    """A verified recovery."""

    type: Literal["incident.resolved"] = "incident.resolved"
    how: str = "verified"


class IncidentClosed(Value):
    """All is said and done. `why` stands where it closed without a fix."""

    type: Literal["incident.closed"] = "incident.closed"
    why: str = ""
    by: str = ""


class IncidentReopened(Value):
    """It came back."""

    type: Literal["incident.reopened"] = "incident.reopened"
    why: str
    by: str = ""
