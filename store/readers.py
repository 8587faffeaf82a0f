"""What each event does to an incident: one small function an event."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from store import events as e
from store.fold_state import State
from store.incident import (
    ChangeState,
    ChangeView,
    DraftView,
    JoinedReport,
    MessageState,
    MessageView,
    Note,
    PlanView,
    Postmortem,
    SecretView,
    Verification,
)

READERS: dict[type, Callable[[State, Any, datetime], None]] = {}
_Reader = Callable[[State, Any, datetime], None]


def _reads(*types: type) -> Callable[[_Reader], _Reader]:
    def register(reader: _Reader) -> _Reader:
        READERS.update(dict.fromkeys(types, reader))
        return reader

    return register


@_reads(e.ReportJoined)
def _joined(state: State, event: e.ReportJoined, at: datetime) -> None:
    if event.report in state.gathered.get("reports", state.fields["reports"]):
        return  # two processes may have been offered the same mail at once
    state.gather("reports", event.report)
    state.gather("joined", JoinedReport(event.report, event.sender, event.subject, event.reason, event.rule, at))


@_reads(e.ReportLeft)
def _left(state: State, event: e.ReportLeft, _at: datetime) -> None:
    state.scatter("reports", lambda report: report == event.report)
    state.scatter("joined", lambda joined: joined.report == event.report)


@_reads(e.PriorityCorrected)
def _corrected(state: State, event: e.PriorityCorrected, _at: datetime) -> None:
    state.fields.update(
        priority=event.priority,
        request=event.request,
        deadline=event.deadline,
        sla_seconds=event.sla_seconds,
        thresholds=(),
    )


@_reads(e.ClockPaused)
def _paused(state: State, event: e.ClockPaused, at: datetime) -> None:
    if state.fields.get("paused_at") is None:
        state.fields.update(paused_at=at, paused_why=event.why)


@_reads(e.ClockResumed)
def _resumed(state: State, event: e.ClockResumed, at: datetime) -> None:
    if since := state.fields.get("paused_at"):
        stood = state.fields.get("paused_seconds", 0.0) + (at - since).total_seconds()
        state.fields.update(paused_at=None, paused_why="", paused_seconds=stood, deadline=event.deadline)


@_reads(e.ThresholdReached)
def _threshold(state: State, event: e.ThresholdReached, _at: datetime) -> None:
    told = state.fields.get("thresholds", ())
    state.fields["thresholds"] = tuple(sorted({*told, event.percent}))


@_reads(e.PhaseEntered)
def _phase_entered(state: State, event: e.PhaseEntered, at: datetime) -> None:
    state.entered.setdefault(event.phase, at)
    state.completed.pop(event.phase, None)


@_reads(e.PhaseCompleted)
def _phase_completed(state: State, event: e.PhaseCompleted, at: datetime) -> None:
    state.completed[event.phase] = at


@_reads(e.SkillStarted)
def _started(state: State, event: e.SkillStarted, at: datetime) -> None:
    view = state.steps.get(event.step)
    first = view.started_at if view else None
    state.step(event.step, state="running", attempt=event.attempt, started_at=first or at, error=None)


@_reads(e.SkillFinished)
def _finished(state: State, event: e.SkillFinished, at: datetime) -> None:
    state.step(event.step, state="done", finished_at=at, outcome=event.outcome, error=None)


@_reads(e.SkillFailed)
def _failed(state: State, event: e.SkillFailed, at: datetime) -> None:
    state.step(event.step, state="failed", finished_at=at, error=(event.title, event.detail, event.hint))


@_reads(e.SkillSkipped)
def _skipped(state: State, event: e.SkillSkipped, at: datetime) -> None:
    state.step(event.step, state="skipped", finished_at=at, error=(event.why, "", ""))


@_reads(e.StepRetried)
def _retried(state: State, event: e.StepRetried, _at: datetime) -> None:
    state.step(event.step, state="waiting", keyed=True, error=None)


@_reads(e.TeamsAssigned)
def _assigned(state: State, event: e.TeamsAssigned, _at: datetime) -> None:
    state.fields["teams"] = event.teams


@_reads(e.EvidenceCaptured)
def _captured(state: State, event: e.EvidenceCaptured, _at: datetime) -> None:
    state.evidence.append(event.evidence)


@_reads(e.CauseNamed)
def _named(state: State, event: e.CauseNamed, at: datetime) -> None:
    state.fields.update(causes=event.causes, diagnosed_at=state.fields.get("diagnosed_at") or at)


@_reads(e.NoteAdded)
def _noted(state: State, event: e.NoteAdded, at: datetime) -> None:
    state.gather("notes", Note(event.text, event.by, at))


@_reads(e.SecretRequested)
def _secret_requested(state: State, event: e.SecretRequested, _at: datetime) -> None:
    state.fields["secret"] = SecretView(event.step, event.name, event.command, event.detail)
    state.step(event.step, keyed=True)


@_reads(e.SecretAccepted)
def _secret_accepted(state: State, event: e.SecretAccepted, _at: datetime) -> None:
    fields = {name: getattr(event, name) for name in ("hmac", "account", "livemode", "account_known")}
    state.amend("secret", refused="", refusal_detail="", **fields)


@_reads(e.SecretRefused)
def _secret_refused(state: State, event: e.SecretRefused, _at: datetime) -> None:
    state.amend("secret", hmac="", refused=event.reason, refusal_detail=event.detail)


@_reads(e.PlanProposed)
def _proposed(state: State, event: e.PlanProposed, at: datetime) -> None:
    changes = tuple(ChangeView() for _ in event.plan.changes)
    state.plans.pop(event.digest, None)
    state.plans[event.digest] = PlanView(event.plan, event.digest, "proposed", at, changes=changes)


@_reads(e.PlanApproved)
def _approved(state: State, event: e.PlanApproved, at: datetime) -> None:
    if view := state.plans.get(event.digest):
        approvals = tuple(dict.fromkeys((*view.approvals, event.by)))
        enough = len(approvals) >= view.plan.approvals_needed
        state.plan(event.digest, state="approved" if enough else "proposed", approvals=approvals, approved_at=at)
        for change in view.plan.changes:
            state.step(change.step, keyed=True)


@_reads(e.PlanRejected)
def _rejected(state: State, event: e.PlanRejected, _at: datetime) -> None:
    state.plan(event.digest, state="rejected", rejected_by=event.by, why=event.why)


@_reads(e.ChangeStarted)
def _change_started(state: State, event: e.ChangeStarted, at: datetime) -> None:
    state.change(event.plan, event.index, ChangeView("started", at))


@_reads(e.ChangeApplied)
def _change_applied(state: State, event: e.ChangeApplied, at: datetime) -> None:
    state.change(event.plan, event.index, ChangeView("applied", at))


@_reads(e.ChangeFailed)
def _change_failed(state: State, event: e.ChangeFailed, at: datetime) -> None:
    outcome: ChangeState = "unknown" if event.unknown else "failed"
    state.change(event.plan, event.index, ChangeView(outcome, at, event.reason, event.detail))


@_reads(e.ChangeReverted)
def _change_reverted(state: State, event: e.ChangeReverted, at: datetime) -> None:
    state.change(event.plan, event.index, ChangeView("reverted", at))


@_reads(e.VerificationPassed, e.VerificationFailed)
def _verified(state: State, event: e.VerificationPassed | e.VerificationFailed, at: datetime) -> None:
    passed = isinstance(event, e.VerificationPassed)
    state.fields["verification"] = Verification(passed, event.line, at, event.facts)


@_reads(e.MailDrafted)
def _drafted(state: State, event: e.MailDrafted, at: datetime) -> None:
    state.fields["draft"] = DraftView(event.draft, at)


def _is_draft(state: State, message_id: str) -> bool:
    draft = state.fields.get("draft")
    return draft is not None and draft.draft.message_id == message_id


@_reads(e.MailApproved)
def _mail_approved(state: State, event: e.MailApproved, _at: datetime) -> None:
    if _is_draft(state, event.message_id):
        state.amend("draft", approved_by=event.by)
        state.key_manual_step()


@_reads(e.MessageStarted)
def _message_started(state: State, event: e.MessageStarted, at: datetime) -> None:
    state.messages[event.message] = MessageView(event.message, event.channel, "started", at)


@_reads(e.MessageFailed)
def _message_failed(state: State, event: e.MessageFailed, at: datetime) -> None:
    outcome: MessageState = "unknown" if event.unknown else "failed"
    state.messages[event.message] = MessageView(event.message, event.channel, outcome, at, event.reason)


@_reads(e.MailSent)
def _sent(state: State, event: e.MailSent, at: datetime) -> None:
    state.messages[event.message_id] = MessageView(event.message_id, "mail", "sent", at)
    if _is_draft(state, event.message_id):
        state.amend("draft", sent_at=at)


@_reads(e.AlertRaised)
def _alerted(state: State, event: e.AlertRaised, at: datetime) -> None:
    state.messages[event.message] = MessageView(event.message, event.channel, "sent", at)


@_reads(e.TicketOpened)
def _ticket_opened(state: State, event: e.TicketOpened, _at: datetime) -> None:
    state.fields.update(ticket=event.ticket, ticket_state="open")


@_reads(e.TicketClosed)
def _ticket_closed(state: State, event: e.TicketClosed, _at: datetime) -> None:
    state.fields.update(ticket=event.ticket, ticket_state="closed")


@_reads(e.RuleAdded)
def _rule_added(state: State, event: e.RuleAdded, _at: datetime) -> None:
    state.gather("rules", event.rule)


@_reads(e.ReportFiled)
def _filed(state: State, event: e.ReportFiled, _at: datetime) -> None:
    state.fields["figures"] = event.figures


@_reads(e.PostmortemDrafted)
def _postmortem_drafted(state: State, event: e.PostmortemDrafted, at: datetime) -> None:
    state.fields["postmortem"] = Postmortem(event.text, event.actions, at)


@_reads(e.PostmortemPublished)
def _postmortem_published(state: State, event: e.PostmortemPublished, at: datetime) -> None:
    state.amend("postmortem", published_at=at, published_by=event.by, path=event.path)
    state.key_manual_step()


@_reads(e.IncidentResolved)
def _resolved(state: State, _event: e.IncidentResolved, at: datetime) -> None:
    state.fields.update(state="resolved", resolved_at=at)


@_reads(e.IncidentClosed)
def _closed(state: State, event: e.IncidentClosed, at: datetime) -> None:
    state.fields.update(state="closed", closed_at=at, closed_why=event.why)


@_reads(e.IncidentReopened)
def _reopened(state: State, _event: e.IncidentReopened, _at: datetime) -> None:
    state.fields.update(state="open", resolved_at=None, closed_at=None, closed_why="")


@_reads(e.Unknown)
def _unknown(state: State, _event: e.Unknown, _at: datetime) -> None:
    state.fields["unknown"] = state.fields.get("unknown", 0) + 1
