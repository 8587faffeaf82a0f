"""An incident as it stands at a position of its log: a frozen value, and all that screens and skills read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from store.plan import Plan
from store.values import (
    ActionItem,
    AlertRule,
    Cause,
    Draft,
    Evidence,
    Flow,
    Impact,
    Json,
    Language,
    Mail,
    Outcome,
    Phase,
    Priority,
    Reading,
    RequestType,
    Step,
)

StepState = Literal["waiting", "running", "done", "failed", "skipped"]
ChangeState = Literal["proposed", "started", "applied", "failed", "unknown", "reverted"]
PlanState = Literal["proposed", "approved", "rejected", "applied", "failed"]
MessageState = Literal["started", "sent", "failed", "unknown"]
IncidentState = Literal["open", "resolved", "closed"]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step and how far it got. `keyed` says that a person's key was needed for it."""

    step: Step
    state: StepState = "waiting"
    attempt: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    error: tuple[str, str, str] | None = None
    """Title, detail and hint of its failure."""
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class PhaseView:
    """A phase and its steps."""

    phase: Phase
    steps: tuple[StepView, ...]
    entered_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether no step is left to be run."""
        return all(step.state in ("done", "skipped") for step in self.steps)

    @property
    def automatic_share(self) -> float | None:
        """Steps that needed no key over all steps that ran; None before the first ended."""
        ran = [step for step in self.steps if step.state == "done"]
        return sum(not step.keyed for step in ran) / len(ran) if ran else None

    def seconds(self, now: datetime) -> float:
        """Return how long the phase has taken until `now`."""
        if self.entered_at is None:
            return 0.0
        return ((self.completed_at or now) - self.entered_at).total_seconds()


@dataclass(frozen=True, slots=True)
class ChangeView:
    """How far a change of a plan got."""

    state: ChangeState = "proposed"
    at: datetime | None = None
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan, who approved it, and how far its changes got."""

    plan: Plan
    digest: str
    state: PlanState
    proposed_at: datetime
    approvals: tuple[str, ...] = ()
    approved_at: datetime | None = None
    rejected_by: str = ""
    why: str = ""
    changes: tuple[ChangeView, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretView:
    """A secret that is asked for: its keyed fingerprint once accepted, or why the last one was refused."""

    step: str
    name: str
    command: bool = False
    detail: str = ""
    hmac: str = ""
    account: str = ""
    livemode: bool = True
    account_known: bool = True
    refused: str = ""
    refusal_detail: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A mail or alert on its way: started before it leaves, then sent, or failed."""

    message: str
    channel: str
    state: MessageState
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DraftView:
    """The client's mail: drafted, approved by the send key, sent."""

    draft: Draft
    drafted_at: datetime
    approved_by: str = ""
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The payment that proves the fix, or disproves it."""

    passed: bool
    line: str
    at: datetime
    facts: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Postmortem:
    """The document: drafted, edited, published."""

    text: str
    actions: tuple[ActionItem, ...]
    drafted_at: datetime
    published_at: datetime | None = None
    published_by: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on the timeline."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JoinedReport:
    """A further report of the incident, and why it was taken for one: the rule, and the mail's own words."""

    report: str
    sender: str
    subject: str
    reason: str
    rule: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Metrics:
    """Durations in seconds, by the definitions of the house; None where the end is not reached.

    detection = report - onset; diagnosis = cause named - report; resolution = verified recovery -
    report; total = verified recovery - onset (the report where there is no onset).
    """

    detection: float | None
    diagnosis: float | None
    resolution: float | None
    total: float | None


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident at a position of its log.

    `seq` is the number of events read, `head` the hash of the last, `at` its instant.
    """

    id: str
    seq: int
    head: str
    at: datetime
    report: str
    client: str
    title: str
    priority: Priority
    request: RequestType
    impact: tuple[Impact, ...]
    language: Language
    time_zone: str
    environment: str
    cluster: str
    mail: Mail
    reading: Reading
    opened_at: datetime
    reported_at: datetime
    onset_at: datetime | None
    deadline: datetime
    sla_seconds: int
    flow: Flow
    phases: tuple[PhaseView, ...]
    state: IncidentState = "open"
    reports: tuple[str, ...] = ()
    joined: tuple[JoinedReport, ...] = ()
    """The reports after the first, as far as nobody took them out again."""
    paused_at: datetime | None = None
    """Since when the SLA's clock stands still; None while it runs."""
    paused_why: str = ""
    paused_seconds: float = 0.0
    """How long it has stood still in all, the pause under way left out."""
    thresholds: tuple[int, ...] = ()
    """The shares of the SLA's time, in percent, of which the team was told."""
    teams: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    causes: tuple[Cause, ...] | None = None
    """None before the diagnosis; empty where nothing explains an outage."""
    diagnosed_at: datetime | None = None
    secret: SecretView | None = None
    plans: tuple[PlanView, ...] = ()
    verification: Verification | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    closed_why: str = ""
    draft: DraftView | None = None
    messages: tuple[MessageView, ...] = ()
    ticket: str = ""
    ticket_state: Literal["", "open", "closed"] = ""
    rules: tuple[AlertRule, ...] = ()
    figures: Json | None = None
    postmortem: Postmortem | None = None
    notes: tuple[Note, ...] = ()
    unknown: int = 0
    """How many events of a newer version were passed over."""

    @property
    def cause(self) -> Cause | None:
        """The root cause, where one is named."""
        return self.causes[0] if self.causes else None

    @property
    def remedy_steps(self) -> tuple[str, ...]:
        """The approval steps that mend the causes; independent ones are mended together."""
        return tuple(dict.fromkeys(step for cause in self.causes or () for step in cause.remedy_steps))

    @property
    def plan(self) -> PlanView | None:
        """The last plan."""
        return self.plans[-1] if self.plans else None

    @property
    def phase(self) -> PhaseView | None:
        """The phase under way: the first that is entered and not completed."""
        return next((p for p in self.phases if p.entered_at and not p.completed_at), None)

    def step(self, key: str) -> StepView | None:
        """Return the step of that key, or None."""
        return next((s for p in self.phases for s in p.steps if s.step.key == key), None)

    def left(self, now: datetime) -> timedelta:
        """Return the time left on the SLA; negative once it is breached, fixed while paused and once resolved."""
        return self.deadline - (self.resolved_at or self.closed_at or self.paused_at or now)

    @property
    def metrics(self) -> Metrics:
        """The incident's durations."""

        def seconds(start: datetime | None, end: datetime | None) -> float | None:
            return (end - start).total_seconds() if start and end else None

        verified = self.verification.at if self.verification and self.verification.passed else None
        return Metrics(
            detection=seconds(self.onset_at, self.reported_at),
            diagnosis=seconds(self.reported_at, self.diagnosed_at),
            resolution=seconds(self.reported_at, verified),
            total=seconds(self.onset_at or self.reported_at, verified),
        )
