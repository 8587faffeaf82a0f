"""Every event there is, as one discriminated union: the only schema of the journals.

An event is a fact in the past tense. It carries no instant and no author: those stand in the
envelope that the journal writes round it.
"""

from typing import Annotated, get_args

from pydantic import Field, TypeAdapter

from store.events.changes import (
    ChangeApplied,
    ChangeFailed,
    ChangeReverted,
    ChangeStarted,
    PlanApproved,
    PlanProposed,
    PlanRejected,
    SecretAccepted,
    SecretRefused,
    SecretRequested,
    VerificationFailed,
    VerificationPassed,
)
from store.events.clock import ClockPaused, ClockResumed, PriorityCorrected, ThresholdReached
from store.events.desk import ReportReceived, ReportRouted, ReportSplit
from store.events.lifecycle import (
    CauseNamed,
    EvidenceCaptured,
    IncidentClosed,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
    NoteAdded,
    PhaseCompleted,
    PhaseEntered,
    ReportJoined,
    ReportLeft,
    SkillFailed,
    SkillFinished,
    SkillSkipped,
    SkillStarted,
    StepRetried,
    TeamsAssigned,
)
from store.events.messages import (
    AlertRaised,
    MailApproved,
    MailDrafted,
    MailSent,
    MessageFailed,
    MessageStarted,
    PostmortemDrafted,
    PostmortemPublished,
    ReportFiled,
    RuleAdded,
    TicketClosed,
    TicketOpened,
)
from store.values import Json, Value


class Unknown(Value):
    """An event of a newer version: kept and shown, never guessed at."""

    type: str
    payload: Json = Field(default_factory=dict)


_Desk = ReportReceived | ReportRouted | ReportSplit | RuleAdded
_Incident = (
    IncidentOpened
    | ReportJoined
    | ReportLeft
    | PriorityCorrected
    | ClockPaused
    | ClockResumed
    | ThresholdReached
    | PhaseEntered
    | PhaseCompleted
    | SkillStarted
    | SkillFinished
    | SkillFailed
    | SkillSkipped
    | StepRetried
    | TeamsAssigned
    | EvidenceCaptured
    | CauseNamed
    | NoteAdded
    | IncidentResolved
    | IncidentClosed
    | IncidentReopened
    | SecretRequested
    | SecretAccepted
    | SecretRefused
    | PlanProposed
    | PlanApproved
    | PlanRejected
    | ChangeStarted
    | ChangeApplied
    | ChangeFailed
    | ChangeReverted
    | VerificationPassed
    | VerificationFailed
    | MailDrafted
    | MailApproved
    | MessageStarted
    | MailSent
    | MessageFailed
    | TicketOpened
    | TicketClosed
    | AlertRaised
    | RuleAdded
    | ReportFiled
    | PostmortemDrafted
    | PostmortemPublished
)
DeskEvent = Annotated[_Desk, Field(discriminator="type")]
IncidentEvent = Annotated[_Incident, Field(discriminator="type")]
Known = Annotated[_Desk | _Incident, Field(discriminator="type")]
Event = Known | Unknown

KNOWN_TYPES = frozenset(cls.model_fields["type"].default for cls in get_args(_Desk | _Incident))
_ADAPTER: TypeAdapter[Known] = TypeAdapter(Known, config={"defer_build": True})


def parse_event(payload: Json) -> Event:
    """Return the typed event of a journal's payload; one of an unknown type as `Unknown`.

    Raises:
        pydantic.ValidationError: a known type whose fields don't fit.
    """
    if payload.get("type") not in KNOWN_TYPES:
        return Unknown(type=str(payload.get("type", "")), payload=payload)
    return _ADAPTER.validate_python(payload)


__all__ = [
    "KNOWN_TYPES",
    "AlertRaised",
    "CauseNamed",
    "ChangeApplied",
    "ChangeFailed",
    "ChangeReverted",
    "ChangeStarted",
    "ClockPaused",
    "ClockResumed",
    "DeskEvent",
    "Event",
    "EvidenceCaptured",
    "IncidentClosed",
    "IncidentEvent",
    "IncidentOpened",
    "IncidentReopened",
    "IncidentResolved",
    "Known",
    "MailApproved",
    "MailDrafted",
    "MailSent",
    "MessageFailed",
    "MessageStarted",
    "NoteAdded",
    "PhaseCompleted",
    "PhaseEntered",
    "PlanApproved",
    "PlanProposed",
    "PlanRejected",
    "PostmortemDrafted",
    "PostmortemPublished",
    "PriorityCorrected",
    "ReportFiled",
    "ReportJoined",
    "ReportLeft",
    "ReportReceived",
    "ReportRouted",
    "ReportSplit",
    "RuleAdded",
    "SecretAccepted",
    "SecretRefused",
    "SecretRequested",
    "SkillFailed",
    "SkillFinished",
    "SkillSkipped",
    "SkillStarted",
    "StepRetried",
    "TeamsAssigned",
    "ThresholdReached",
    "TicketClosed",
    "TicketOpened",
    "Unknown",
    "VerificationFailed",
    "VerificationPassed",
    "parse_event",
]
