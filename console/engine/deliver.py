"""Messages: journaled before they leave and after; to a client only under the send key."""

from console.engine.case import Case
from skills.clients.outbox import NotSent
from skills.contract import Alert, Context, Failure, SkillError, Unavailable
from skills.project_management.communication.dispatch import send_alert, send_draft
from store.events import AlertRaised, IncidentEvent, MailSent, MessageFailed, MessageStarted
from store.moves import Deliver


async def deliver_alert(case: Case, context: Context, alert: Alert, *, actor: str) -> list[IncidentEvent]:
    """Send the team's alert and return what became of it; an alert that fails holds nothing up."""
    await case.record(MessageStarted(message=alert.message_id, channel=alert.channel), actor=actor)
    try:
        await send_alert(context.web, alert)
    except Failure as failure:
        reason = f"{failure.title}: {failure.detail}" if failure.detail else failure.title
        return [MessageFailed(message=alert.message_id, channel=alert.channel, reason=reason)]
    return [AlertRaised(message=alert.message_id, channel=alert.channel, text=alert.text)]


async def deliver_draft(case: Case, context: Context, move: Deliver, *, actor: str) -> None:
    """Send the approved mail once.

    A mail that a dead process had begun to send is looked up where the mail server files its copies;
    where that can't be told, a person has to say.

    Raises:
        SkillError: the server did not take it.
    """
    view = case.incident.draft
    if view is None:
        return
    draft = view.draft
    to = tuple(address.email for address in draft.to)
    if move.started:
        left = await context.outbox.has_sent(draft.message_id)
        if left is None:
            unknown = MessageFailed(message=draft.message_id, channel="mail", reason="interrupted", unknown=True)
            await case.record(unknown, actor=actor)
            return
        if left:
            found = MailSent(message_id=draft.message_id, to=to, subject=draft.subject, found=True)
            await case.record(found, actor=actor)
            return
    await case.record(MessageStarted(message=draft.message_id, channel="mail"), actor=actor)
    try:
        response = await send_draft(context.outbox, draft, context.now())
    except NotSent as failure:
        failed = MessageFailed(message=draft.message_id, channel="mail", reason=failure.title, unknown=failure.unknown)
        await case.record(failed, actor=actor)
        if failure.unknown:
            return
        raise SkillError(failure.title, failure.detail, failure.hint) from failure
    except Unavailable as failure:
        failed = MessageFailed(message=draft.message_id, channel="mail", reason=failure.title)
        await case.record(failed, actor=actor)
        raise
    sent = MailSent(message_id=draft.message_id, to=to, subject=draft.subject, response=response)
    await case.record(sent, actor=actor)
