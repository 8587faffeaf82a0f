"""A scripted operator: presses what the screens would offer, by the same commands, through the same engine."""

from collections.abc import Callable

from console.engine.case import Case
from console.session import Session
from store import commands as c
from store import moves as m
from store.digests import draft_digest, text_digest
from store.incident import Incident, StepView

_PATIENCE = 3
"""How often the same thing is tried before the operator gives up."""


class Stuck(Exception):
    """The operator can't go on: a step keeps failing, or nothing that it may do is left."""


class Operator:
    """Works an incident to its end."""

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self._session = session
        self._say = say
        self._tries: dict[str, int] = {}

    async def work(self, incident: str) -> Incident:
        """Do what the incident waits for until it is closed.

        Raises:
            Stuck: with the reason.
        """
        await self._session.work(incident, attended=True)
        case = await self._session.case(incident)
        while not isinstance(move := m.next_move(case.incident), m.Finish):
            seen = len(case.records)
            if isinstance(move, m.Wait):
                await self._act(case, move)
            await case.grown(seen)
        while case.incident.state != "closed":
            await case.grown(len(case.records))
        return case.incident

    async def _act(self, case: Case, move: m.Wait) -> None:
        command = self._command(case.incident, move)
        tried = f"{type(command).__name__} {move.step.step.key if move.step else ''}"
        self._tries[tried] = self._tries.get(tried, 0) + 1
        if self._tries[tried] > _PATIENCE:
            raise Stuck(f"{tried}: {_why(move.step)}")
        self._say(tried)
        refusal = await self._session.submit(command)
        if refusal:
            raise Stuck(f"{tried}: {refusal.key} {refusal.detail}".strip())

    def _command(self, incident: Incident, move: m.Wait) -> c.Command:
        made = _COMMANDS[move.need](incident, move.step)
        if made is None:
            raise Stuck(f"{incident.id}: {move.need} {_why(move.step)}")
        return made


def _why(step: StepView | None) -> str:
    return " ".join(step.error).strip() if step and step.error else ""


def _approve(incident: Incident, _step: StepView | None) -> c.Command | None:
    view = incident.plan
    if view is None or not view.plan.checked:
        return None
    return c.Approve(incident=incident.id, digest=view.digest, token=view.plan.token)


def _send(incident: Incident, _step: StepView | None) -> c.Command | None:
    if incident.draft is None:
        return None
    return c.SendMail(incident=incident.id, digest=draft_digest(incident.draft.draft))


def _publish(incident: Incident, _step: StepView | None) -> c.Command | None:
    if incident.postmortem is None:
        return None
    return c.PublishPostmortem(incident=incident.id, digest=text_digest(incident.postmortem.text))


def _offer(incident: Incident, _step: StepView | None) -> c.Command | None:
    secret = incident.secret
    return c.OfferSecret(incident=incident.id, name=secret.name) if secret and secret.command else None


def _confirm(incident: Incident, _step: StepView | None) -> c.Command | None:
    secret = incident.secret
    return c.ConfirmAccount(incident=incident.id, name=secret.name, account=secret.account) if secret else None


def _retry(incident: Incident, step: StepView | None) -> c.Command | None:
    return c.Retry(incident=incident.id, step=step.step.key) if step else None


def _nothing(_incident: Incident, _step: StepView | None) -> c.Command | None:
    return None


_COMMANDS: dict[m.WaitFor, Callable[[Incident, StepView | None], c.Command | None]] = {
    "approval": _approve,
    "second_approval": _nothing,
    "secret": _offer,
    "account": _confirm,
    "send": _send,
    "publish": _publish,
    "retry": _retry,
    "replan": lambda incident, _step: c.ReplanRemedy(incident=incident.id),
    "decide": lambda incident, _step: c.CloseWithoutFix(incident=incident.id, why=_no_fix(incident)),
    "unknown": _nothing,
}


def _no_fix(incident: Incident) -> str:
    cause = incident.cause
    return cause.title.get(incident.language, cause.key) if cause else "rien à corriger"
