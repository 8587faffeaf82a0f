"""From an incident as it stands and a command to events, or to a refusal: pure.

Several sessions may decide at once; the journal's expected sequence number lets one win, and the
other decides again against what then stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store import commands as c
from store import events as e
from store.digests import draft_digest, text_digest
from store.incident import Incident, PlanView
from store.marked_lines import marked_evidence


def _later(deadline: datetime, stood: timedelta) -> datetime:
    return deadline + stood


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: UNIX account, the instant, and what their contract says."""

    by: str
    now: datetime
    deadline: Callable[[c.CorrectPriority], tuple[datetime, timedelta]] | None = None
    """Clocks the SLA anew for a corrected priority."""
    postpone: Callable[[datetime, timedelta], datetime] = _later
    """Moves a deadline by the time that the clock stood still."""
    postmortem_path: str = ""


Decision = Sequence[e.IncidentEvent] | c.Refusal


def decide(incident: Incident, command: c.Command, asker: Asker) -> Decision:
    """Return the events that the command makes, or why it is refused."""
    if incident.state == "closed" and not isinstance(command, c.AddNote):
        return c.Refusal("closed")
    return _DECISIONS[type(command)](incident, command, asker)


def _plan(incident: Incident, digest: str) -> PlanView | None:
    return next((plan for plan in incident.plans if plan.digest == digest), None)


def _approve(incident: Incident, command: c.Approve, asker: Asker) -> Decision:
    plan = _plan(incident, command.digest)
    if plan is None or plan is not incident.plan:
        return c.Refusal("plan_changed")
    if plan.state != "proposed":
        return c.Refusal(f"plan_{plan.state}", plan.rejected_by or ", ".join(plan.approvals))
    if not plan.plan.checked:
        failed = [check.name for change in plan.plan.changes for check in change.checks if not check.passed]
        return c.Refusal("checks_failed", ", ".join(failed))
    if asker.by in plan.approvals:
        return c.Refusal("second_person", asker.by)
    if plan.plan.token and command.token != plan.plan.token:
        return c.Refusal("token", plan.plan.token)
    return (e.PlanApproved(digest=command.digest, by=asker.by),)


def _reject(incident: Incident, command: c.Reject, asker: Asker) -> Decision:
    plan = _plan(incident, command.digest)
    if plan is None:
        return c.Refusal("plan_changed")
    if plan.state != "proposed":
        return c.Refusal(f"plan_{plan.state}", plan.rejected_by or ", ".join(plan.approvals))
    return (e.PlanRejected(digest=command.digest, by=asker.by, why=command.why or "person"),)


def _replan(incident: Incident, _command: c.ReplanRemedy, asker: Asker) -> Decision:
    plan = incident.plan
    if plan is None or plan.state not in ("rejected", "failed"):
        return c.Refusal("nothing_to_replan")
    return (e.PlanRejected(digest=plan.digest, by=asker.by, why="replan"),)


def _confirm_account(incident: Incident, command: c.ConfirmAccount, asker: Asker) -> Decision:
    secret = incident.secret
    if secret is None or secret.name != command.name or secret.account != command.account:
        return c.Refusal("account_changed")
    accepted = e.SecretAccepted(
        name=secret.name, hmac=secret.hmac, account=secret.account, livemode=secret.livemode, account_known=True
    )
    return (e.NoteAdded(text=f"{secret.name}: {secret.account}", by=asker.by), accepted)


def _edit_mail(incident: Incident, command: c.EditMail, asker: Asker) -> Decision:
    draft = incident.draft
    if draft is None or draft.approved_by:
        return c.Refusal("mail_gone" if draft else "no_draft")
    edited = draft.draft.model_copy(update={"subject": command.subject, "body": command.body})
    return (e.MailDrafted(draft=edited, by=asker.by),)


def _send_mail(incident: Incident, command: c.SendMail, asker: Asker) -> Decision:
    draft = incident.draft
    if draft is None:
        return c.Refusal("no_draft")
    if draft.approved_by:
        return c.Refusal("mail_gone", draft.approved_by)
    if draft_digest(draft.draft) != command.digest:
        return c.Refusal("mail_changed")
    return (e.MailApproved(message_id=draft.draft.message_id, digest=command.digest, by=asker.by),)


def _edit_postmortem(incident: Incident, command: c.EditPostmortem, asker: Asker) -> Decision:
    document = incident.postmortem
    if document is None or document.published_at:
        return c.Refusal("published" if document else "no_postmortem")
    return (e.PostmortemDrafted(text=command.text, actions=document.actions, by=asker.by),)


def _publish(incident: Incident, command: c.PublishPostmortem, asker: Asker) -> Decision:
    document = incident.postmortem
    if document is None:
        return c.Refusal("no_postmortem")
    if document.published_at:
        return c.Refusal("published", document.published_by)
    if text_digest(document.text) != command.digest:
        return c.Refusal("postmortem_changed")
    return (e.PostmortemPublished(path=asker.postmortem_path, sha256=command.digest, by=asker.by),)


def _retry(incident: Incident, command: c.Retry, asker: Asker) -> Decision:
    step = incident.step(command.step)
    if step is None or step.state != "failed":
        return c.Refusal("nothing_to_retry")
    return (e.StepRetried(step=command.step, by=asker.by),)


def _note(_incident: Incident, command: c.AddNote, asker: Asker) -> Decision:
    if not command.text.strip():
        return c.Refusal("empty")
    return (e.NoteAdded(text=command.text.strip(), by=asker.by),)


def _mark(incident: Incident, command: c.MarkEvidence, asker: Asker) -> Decision:
    evidence = marked_evidence(command.mark, asker.by, asker.now)
    if any(known.id == evidence.id for known in incident.evidence):
        return c.Refusal("already_marked")
    return (e.EvidenceCaptured(evidence=evidence),)


def _correct(incident: Incident, command: c.CorrectPriority, asker: Asker) -> Decision:
    if (command.priority, command.request) == (incident.priority, incident.request) or asker.deadline is None:
        return c.Refusal("unchanged")
    deadline, sla = asker.deadline(command)
    deadline = asker.postpone(deadline, timedelta(seconds=incident.paused_seconds))
    return (
        e.PriorityCorrected(
            priority=command.priority,
            request=command.request,
            deadline=deadline,
            sla_seconds=int(sla.total_seconds()),
            why=command.why,
            by=asker.by,
        ),
    )


def _pause(incident: Incident, command: c.PauseClock, asker: Asker) -> Decision:
    if incident.state != "open":
        return c.Refusal("resolved")
    if incident.paused_at:
        return c.Refusal("paused", incident.paused_why)
    if not command.why.strip():
        return c.Refusal("empty")
    return (e.ClockPaused(why=command.why.strip(), by=asker.by),)


def _resume(incident: Incident, _command: c.ResumeClock, asker: Asker) -> Decision:
    return resumption(incident, asker) or c.Refusal("not_paused")


def resumption(incident: Incident, asker: Asker, why: str = "") -> tuple[e.ClockResumed, ...]:
    """Return the event that lets the clock run again; nothing where it runs."""
    if incident.paused_at is None:
        return ()
    deadline = asker.postpone(incident.deadline, max(asker.now - incident.paused_at, timedelta(0)))
    return (e.ClockResumed(deadline=deadline, why=why, by=asker.by),)


def _settle(incident: Incident, command: c.SettleUnknown, _asker: Asker) -> Decision:
    message = next((m for m in incident.messages if m.message == command.message), None)
    if message is None or message.state != "unknown":
        return c.Refusal("nothing_unknown")
    if not command.happened:
        return (e.MessageFailed(message=message.message, channel=message.channel, reason="not_sent"),)
    draft = incident.draft
    if draft is None:
        return c.Refusal("no_draft")
    to = tuple(address.email for address in draft.draft.to)
    return (e.MailSent(message_id=message.message, to=to, subject=draft.draft.subject, found=True),)


def _close(incident: Incident, command: c.CloseWithoutFix, asker: Asker) -> Decision:
    if incident.state != "open":
        return c.Refusal("resolved")
    if incident.plan and incident.plan.state in ("approved", "applied"):
        return c.Refusal("plan_applied")
    if not command.why.strip():
        return c.Refusal("empty")
    left = [s.step.key for p in incident.phases for s in p.steps if p.phase.name == "resolution" and s.state != "done"]
    return (
        e.NoteAdded(text=command.why.strip(), by=asker.by),
        *(e.SkillSkipped(step=key, why="no_fix") for key in left),
        *resumption(incident, asker),
        e.IncidentResolved(how="no_fix"),
    )


_DECISIONS: dict[type[c.Command], Callable[..., Decision]] = {
    c.Approve: _approve,
    c.Reject: _reject,
    c.ReplanRemedy: _replan,
    c.ConfirmAccount: _confirm_account,
    c.EditMail: _edit_mail,
    c.SendMail: _send_mail,
    c.EditPostmortem: _edit_postmortem,
    c.PublishPostmortem: _publish,
    c.Retry: _retry,
    c.AddNote: _note,
    c.MarkEvidence: _mark,
    c.CorrectPriority: _correct,
    c.PauseClock: _pause,
    c.ResumeClock: _resume,
    c.SettleUnknown: _settle,
    c.CloseWithoutFix: _close,
}
