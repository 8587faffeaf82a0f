"""What touches the outside world: secrets, plans, changes, and the proof afterwards."""

from typing import Literal

from pydantic import Field

from store.plan import Plan
from store.values import Json, Value


class SecretRequested(Value):
    """A step needs a secret that only a person or a configured command has."""

    type: Literal["secret.requested"] = "secret.requested"
    step: str
    name: str
    command: bool = False
    """Whether a command is configured that prints it."""
    detail: str = ""


class SecretAccepted(Value):
    """A secret was tried and fits. It lives in memory; here stands its keyed fingerprint."""

    type: Literal["secret.accepted"] = "secret.accepted"
    name: str
    hmac: str
    account: str
    livemode: bool
    account_known: bool = True
    """Whether the account was compared; else a person has to confirm it."""


class SecretRefused(Value):
    """A secret was tried and does not fit; nothing was changed."""

    type: Literal["secret.refused"] = "secret.refused"
    name: str
    reason: str
    """One of `expired` `invalid` `other_account` `other_mode` `permissions` `garbage` `same` `other_secret`."""
    detail: str = ""


class PlanProposed(Value):
    """A plan stands ready for approval."""

    type: Literal["plan.proposed"] = "plan.proposed"
    plan: Plan
    digest: str


class PlanApproved(Value):
    """A person approved exactly this digest."""

    type: Literal["plan.approved"] = "plan.approved"
    digest: str
    by: str


class PlanRejected(Value):
    """A person, or drift, rejected a plan."""

    type: Literal["plan.rejected"] = "plan.rejected"
    digest: str
    by: str
    why: str = ""


class ChangeStarted(Value):
    """On disk before the request leaves. `index` counts from 0."""

    type: Literal["change.started"] = "change.started"
    plan: str
    index: int
    change: str


class ChangeApplied(Value):
    """The world shows the change. `found` says that it was found done after a crash."""

    type: Literal["change.applied"] = "change.applied"
    plan: str
    index: int
    change: str
    version: str = ""
    found: bool = False


class ChangeFailed(Value):
    """The change was refused, or drifted; nothing of it was applied unless `unknown`."""

    type: Literal["change.failed"] = "change.failed"
    plan: str
    index: int
    change: str
    reason: str
    detail: str = ""
    unknown: bool = False


class ChangeReverted(Value):
    """A change was taken back by its inverse."""

    type: Literal["change.reverted"] = "change.reverted"
    plan: str
    index: int
    change: str


class VerificationPassed(Value):
    """A payment went through."""

    type: Literal["verification.passed"] = "verification.passed"
    line: str
    facts: Json = Field(default_factory=dict)


class VerificationFailed(Value):
    """It did not; the incident stays open."""

    type: Literal["verification.failed"] = "verification.failed"
    line: str
    facts: Json = Field(default_factory=dict)
