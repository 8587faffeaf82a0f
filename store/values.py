"""The nouns that events carry: mails, readings, flows, evidence, causes. All frozen, all JSON."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

Json = dict[str, Any]
Language = Literal["fr", "en"]


def _in_words(value: object) -> object:
    """Foreign text has no translation: it stands for itself in every language."""
    return _same(value) if isinstance(value, str) else value


def _same(text: str) -> dict[Language, str]:
    return {"fr": text, "en": text}


Words = Annotated[dict[Language, str], BeforeValidator(_in_words)]
"""One text in every language that a console may speak."""


class Value(BaseModel):
    """A frozen value; fields that a newer version added are ignored, so that old consoles read new journals."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Priority(StrEnum):
    """P1: production is down now. P2: badly degraded. P3: limited defect. P4: everything else."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class RequestType(StrEnum):
    """What a mail asks for."""

    HOTFIX = "hotfix"
    BUG = "bug"
    SECURITY = "security"
    CHANGE_REQUEST = "change_request"
    QUESTION = "question"
    BILLING = "billing"
    NOISE = "noise"


class Impact(StrEnum):
    """What suffers."""

    PRODUCTION_DOWN = "production_down"
    REVENUE_LOSS = "revenue_loss"
    DATA_LOSS = "data_loss"
    SECURITY = "security"
    DEGRADED = "degraded"


class Address(Value):
    """A mail address; `name` is empty where the header gives none."""

    email: str
    name: str = ""


class Attachment(Value):
    """What was attached, never opened. `size` in bytes, `sha256` in hex."""

    name: str
    media_type: str
    size: int
    sha256: str


class Mail(Value):
    """A received mail, decoded. `text` is what its author newly wrote, `quoted` the thread below it."""

    message_id: str
    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    sent_at: AwareDatetime | None = None
    text: str = ""
    quoted: str = ""
    signature: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    original_sender: Address | None = None
    """Who wrote it, where `sender` only forwarded it."""
    automatic: str = ""
    """Why it is no person's mail ("auto-reply", "bounce", "monitoring", "list"), else empty."""
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()
    """What was broken in it and how it was read all the same."""
    sha256: str = ""
    """Hex digest of the raw bytes."""


class Reason(Value):
    """One ground of a decision: the mail's own words that carried it."""

    decides: Literal["priority", "type", "impact", "language", "client", "onset", "duplicate", "broken", "error"]
    words: str
    rule: str
    """The knowledge entry that matched, such as `outage.no_orders`."""
    argues: str = ""
    """What it argued for, such as `P1`."""


class Reading(Value):
    """What a mail says, as decisions with their reasons."""

    priority: Priority
    type: RequestType
    urgency: float = 0.0
    """How likely it tells of a P1, from 0 to 1."""
    impact: tuple[Impact, ...] = ()
    language: Language = "en"
    client: str = ""
    """The reporting client's domain."""
    onset_at: AwareDatetime | None = None
    broken: str = ""
    error: str = ""
    reasons: tuple[Reason, ...] = ()


StepMode = Literal["auto", "approval", "manual"]
"""`approval` changes the outside world, `manual` asks a person for something."""


class Step(Value):
    """One skill in a phase; `key` is unique within the flow, for a skill may stand in it twice."""

    key: str
    skill: str
    mode: StepMode = "auto"


class Phase(Value):
    """A phase with its budget in seconds and the share of its steps that should need no key."""

    name: str
    budget_seconds: int
    target_share: float
    steps: tuple[Step, ...]


class Flow(Value):
    """The phases that an incident goes through; kept with it, so that it replays under its own."""

    phases: tuple[Phase, ...]


class Outcome(Value):
    """What a step did: one line for the tree, and facts in JSON."""

    line: str
    facts: Json = Field(default_factory=dict)


class StepRecord(Value):
    """A step that ran before its incident existed: at intake."""

    key: str
    started_at: AwareDatetime
    finished_at: AwareDatetime
    outcome: Outcome


class Evidence(Value):
    """What a collector saw, redacted where it was captured; or, with `unavailable`, why it could not look."""

    id: str
    source: str
    """Where it comes from, such as `logs/payment-service-7d9/app` or `stripe`."""
    kind: str
    """The vocabulary that cause signatures match, such as `log`, `pod.waiting`, `stripe.probe`."""
    captured_at: AwareDatetime
    excerpt: str = ""
    facts: Json = Field(default_factory=dict)
    digest: str = ""
    """Hex SHA-256 of the redacted whole, of which `excerpt` may be a part."""
    unavailable: str = ""
    blindness: Words = Field(default_factory=dict)
    """Why it could not look, for a person; `unavailable` has the details."""

    @property
    def unseen(self) -> Words:
        """What could not be looked at and why; empty where it was."""
        words = self.blindness or _same(self.unavailable)
        return {language: f"{self.source}: {why}" for language, why in words.items()} if self.unavailable else {}


class Proof(Value):
    """One line that proves a cause."""

    evidence: str
    line: str
    source: str = ""
    at: AwareDatetime | None = None
    number: int | None = None
    """1-based line number, where the source is a file."""


class Cause(Value):
    """A named cause. `confidence` from 0 to 1."""

    key: str
    confidence: float
    title: dict[Language, str] = Field(default_factory=dict)
    summary: dict[Language, str] = Field(default_factory=dict)
    proofs: tuple[Proof, ...] = ()
    against: tuple[Words, ...] = ()
    unseen: tuple[Words, ...] = ()
    """What could not be looked at."""
    checked: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Consequences that are really present."""
    remedy: str = ""
    """Key of the remedy that fits, empty where nothing is to be mended."""
    remedy_steps: tuple[str, ...] = ()
    """The skill paths that the remedy runs, so that an old incident goes on under its own."""
    first_seen_at: AwareDatetime | None = None
    count: int = 0
    """How often its signature was seen."""
    seen_before: tuple[str, ...] = ()
    """Earlier incidents of this client with this cause, the newest first."""
    mended_by: dict[Language, str] = Field(default_factory=dict)
    """What mended it the last time, in words; empty where it was never mended."""


class Draft(Value):
    """A mail to a client before it is sent. `message_id` is fixed when drafted, so that it is sent once."""

    message_id: str
    sender: Address
    to: tuple[Address, ...]
    subject: str
    body: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


class AlertRule(Value):
    """Raise an incident `days_before` something expires."""

    id: str
    client: str
    watches: str
    """What it looks at, such as `secret/client-existant/stripe-api`."""
    days_before: int
    note: str = ""


class ActionItem(Value):
    """A corrective action of a post-mortem."""

    id: str
    text: str
    done: bool = False
    incident: str = ""


class LossEstimate(Value):
    """Transactions and revenue lost, against the same hours of earlier weeks. `revenue` in minor units."""

    transactions: float
    revenue: float
    currency: str
    window_seconds: int
    method: str
    observed: int = 0
    weeks: int = 0
