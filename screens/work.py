"""What the keys of the main screen do: open what a person has to see before they decide, and ask for the command."""

from collections.abc import Callable

from screens.approval import ApprovalScreen
from screens.ask import Answer, Ask
from screens.incident_port import Port
from screens.line import said
from screens.mail import MailScreen
from screens.postmortem import PostmortemScreen
from screens.render.reports import joined_because
from screens.secret import SecretScreen
from screens.widgets.choices import Choice
from store import commands as c
from store.incident import Incident
from store.moves import Wait, next_move
from store.values import Priority, RequestType

_OFFERED_REPORTS = 3
Work = Callable[[Port, Incident], None]


def approve(port: Port, incident: Incident) -> None:
    """Open what waits for a person: the key, the account, the plan, the mail, the document."""
    move = next_move(incident)
    need = move.need if isinstance(move, Wait) else ""
    openers: dict[str, Work] = {
        "secret": secret,
        "account": account,
        "send": mail,
        "publish": postmortem,
        "retry": retry,
        "replan": replan,
        "unknown": settle,
    }
    if opener := openers.get(need):
        opener(port, incident)
    elif incident.plan:
        port.open(ApprovalScreen(port.feed, port.look, incident, incident.plan))
    else:
        port.say("nothing.to_approve")


def secret(port: Port, incident: Incident) -> None:
    """Ask for the key."""
    if incident.secret:
        port.open(SecretScreen(port.feed, port.look, incident, incident.secret))


def account(port: Port, incident: Incident) -> None:
    """Ask whether an account that nothing was known of is the client's."""
    words, wanted = port.look.words, incident.secret
    if wanted is None:
        return
    choices = (
        Choice("cancel", words("choice.cancel")),
        Choice("yes", words("choice.account", account=said(wanted.account))),
    )
    question = words("account.question", account=wanted.account, client=incident.client)
    command = c.ConfirmAccount(incident=incident.id, name=wanted.name, account=wanted.account)
    port.ask(Ask(port.look, question, choices=choices), lambda _answer: command)


def reject(port: Port, incident: Incident) -> None:
    """Ask why, then reject the plan."""
    words, plan = port.look.words, incident.plan
    if plan is None or plan.state != "proposed":
        return port.say("nothing.to_reject")
    choices = (Choice("cancel", words("choice.cancel")), Choice("reject", words("choice.reject"), "warn"))
    ask = Ask(port.look, words("reject.question"), text="", choices=choices)
    return port.ask(ask, lambda answer: c.Reject(incident=incident.id, digest=plan.digest, why=answer.text))


def inverse(port: Port, incident: Incident) -> None:
    """Propose what takes the last applied plan back; it is approved like any other."""
    port.request(c.ProposeInverse(incident=incident.id))


def replan(port: Port, incident: Incident) -> None:
    """Have the plan built anew."""
    port.request(c.ReplanRemedy(incident=incident.id))


def mail(port: Port, incident: Incident) -> None:
    """Open the mail to the client."""
    if incident.draft:
        port.open(MailScreen(port.feed, port.look, incident))
    else:
        port.say("nothing.to_send")


def postmortem(port: Port, incident: Incident) -> None:
    """Open the post-mortem."""
    if incident.postmortem:
        port.open(PostmortemScreen(port.feed, port.look, incident))
    else:
        port.say("nothing.to_publish")


def retry(port: Port, incident: Incident) -> None:
    """Run the failed step again."""
    failed = [step for phase in incident.phases for step in phase.steps if step.state == "failed"]
    if failed:
        port.request(c.Retry(incident=incident.id, step=failed[0].step.key))
    else:
        port.say("nothing.to_retry")


def note(port: Port, incident: Incident) -> None:
    """Ask for a remark."""
    ask = Ask(port.look, port.look.words("note.question"), text="")
    port.ask(ask, lambda answer: c.AddNote(incident=incident.id, text=answer.text))


def priority(port: Port, incident: Incident) -> None:
    """Ask for the right priority, and why."""
    words = port.look.words
    levels = [Choice(p.value, f"{p.value} {words(f'priority.{p.value}')}") for p in Priority if p != incident.priority]
    choices = (Choice("cancel", words("choice.cancel")), *levels)

    def corrected(answer: Answer) -> c.Command:
        return c.CorrectPriority(
            incident=incident.id, priority=Priority(answer.choice), request=incident.request, why=answer.text
        )

    port.ask(Ask(port.look, words("priority.question"), text="", choices=choices), corrected)


def request(port: Port, incident: Incident) -> None:
    """Ask for the right type of request, and why."""
    words = port.look.words
    types = [Choice(t.value, words(f"request_type.{t.value}")) for t in RequestType if t != incident.request]
    choices = (Choice("cancel", words("choice.cancel")), *types)

    def corrected(answer: Answer) -> c.Command:
        return c.CorrectPriority(
            incident=incident.id, priority=incident.priority, request=RequestType(answer.choice), why=answer.text
        )

    port.ask(Ask(port.look, words("request.question"), text="", choices=choices), corrected)


def pause(port: Port, incident: Incident) -> None:
    """Ask why the SLA's clock is to stand still; where it does, let it run again."""
    words = port.look.words
    if incident.paused_at:
        return port.request(c.ResumeClock(incident=incident.id))
    choices = (Choice("cancel", words("choice.cancel")), Choice("pause", words("choice.pause"), "warn"))
    ask = Ask(port.look, words("pause.question"), text=words("pause.usual"), choices=choices)
    return port.ask(ask, lambda answer: c.PauseClock(incident=incident.id, why=answer.text))


def split(port: Port, incident: Incident) -> None:
    """Ask which report is about something else; it opens an incident of its own."""
    words = port.look.words
    if not incident.joined:
        return port.say("nothing.to_split")
    latest = [Choice(j.report, said(j.sender), "warn") for j in reversed(incident.joined[-_OFFERED_REPORTS:])]
    choices = (Choice("cancel", words("choice.cancel")), *latest)
    last = incident.joined[-1]
    question = words("split.question", sender=said(last.sender), why=joined_because(last, port.look))
    return port.ask(
        Ask(port.look, question, choices=choices),
        lambda answer: c.SplitReport(incident=incident.id, report=answer.choice),
    )


def close(port: Port, incident: Incident) -> None:
    """Ask why nothing is to be mended, then close."""
    words = port.look.words
    choices = (Choice("cancel", words("choice.cancel")), Choice("close", words("choice.close_incident"), "warn"))
    ask = Ask(port.look, words("close.question"), text="", choices=choices)
    port.ask(ask, lambda answer: c.CloseWithoutFix(incident=incident.id, why=answer.text))


def settle(port: Port, incident: Incident) -> None:
    """Ask what became of a message that a crash left unknown."""
    words = port.look.words
    unknown = next((message for message in incident.messages if message.state == "unknown"), None)
    if unknown is None:
        return port.say("nothing.unknown")
    names = ("cancel", "happened", "not_happened")
    ask = Ask(port.look, words("settle.question"), choices=[Choice(name, words(f"choice.{name}")) for name in names])
    return port.ask(
        ask,
        lambda answer: c.SettleUnknown(
            incident=incident.id, message=unknown.message, happened=answer.choice == "happened"
        ),
    )


WORK: dict[str, Work] = {
    work.__name__: work
    for work in (
        approve,
        reject,
        inverse,
        replan,
        mail,
        postmortem,
        retry,
        note,
        priority,
        request,
        pause,
        split,
        close,
        settle,
    )
}
