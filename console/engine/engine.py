"""The thin shell round the pure core: append, do, append. It alone calls skills.

One engine works an incident at a time, under a lock that its death releases. What was under way when
another died is begun again where it only looked, and looked up in the world where it changed something.
"""

import logging
from collections.abc import Callable
from functools import singledispatchmethod

from pydantic import SecretStr

from console.engine.case import Case
from console.engine.deliver import deliver_alert, deliver_draft
from console.engine.execute import apply_change, inverse_changes, propose_plan
from skills.contract import Context, Failure, Needed, Result
from skills.registry import find_confirmation, find_skill, find_trial
from store import events as e
from store import moves as m
from store.incident import StepView
from store.plan import Change
from store.values import Outcome

_LOG = logging.getLogger(__name__)


class Engine:
    """Works one case until nothing is left to do but by a person."""

    def __init__(self, case: Case, context: Callable[[Case, str], Context], actor: str) -> None:
        self.case = case
        self._context = context
        self._actor = actor
        self._attended = False

    def attend(self) -> None:
        """Go on beyond the triage: somebody looks, or the priority asks for it."""
        self._attended = True
        self.case.changed.set()

    async def work(self) -> None:
        """Work the incident until it is closed. Cancelling is safe at any point."""
        await self._forget_lost_secret()
        while not isinstance(move := m.next_move(self.case.incident), m.Finish):
            self.case.changed.clear()
            if isinstance(move, m.Wait) or self._rests(move):
                await self.case.changed.wait()
                continue
            await self._guarded(move)
        if self.case.incident.state != "closed":
            await self._record(e.IncidentClosed(by=self._actor))

    def _rests(self, move: m.Move) -> bool:
        first = self.case.incident.flow.phases[0].name
        return isinstance(move, m.Enter) and move.phase != first and not self._attended

    async def _guarded(self, move: m.Move) -> None:
        step = getattr(move, "step", None)
        try:
            await self._do(move)
        except Needed as need:
            await self._ask(need, step)
        except Failure as failure:
            await self._fail(step, failure.title, failure.detail, failure.hint)
        except Exception as error:
            _LOG.exception("%s: %s", self.case.id, move)
            await self._fail(step, f"{type(error).__name__}: {error}", "", "see the log file; then retry the step")

    async def _fail(self, step: StepView | None, title: str, detail: str, hint: str) -> None:
        key = step.step.key if step else self._current_step()
        await self._record(e.SkillFailed(step=key, title=title, detail=detail, hint=hint))

    def _current_step(self) -> str:
        phase = self.case.incident.phase
        open_steps = (s for s in phase.steps if s.state not in ("done", "skipped")) if phase else iter(())
        first = next(open_steps, None)
        return first.step.key if first else ""

    async def _ask(self, need: Needed, step: StepView | None) -> None:
        key = step.step.key if step else self._current_step()
        command = self._context(self.case, key).site.stripe
        await self._record(
            e.SecretRequested(
                step=key, name=need.name, command=bool(command and command.new_key_command), detail=need.detail
            )
        )

    async def _forget_lost_secret(self) -> None:
        """Ask again for a secret that was accepted by a process that died before it was used up."""
        incident = self.case.incident
        secret = incident.secret
        if secret is None or not secret.hmac or incident.state != "open":
            return
        step = incident.step(secret.step)
        vault = self._context(self.case, secret.step).vault
        if step and step.state != "done" and vault.reveal(secret.name) is None:
            await self._record(
                e.SecretRequested(step=secret.step, name=secret.name, command=secret.command, detail="lost")
            )

    @singledispatchmethod
    async def _do(self, move: m.Move) -> None:
        raise NotImplementedError(move)

    @_do.register
    async def _enter(self, move: m.Enter) -> None:
        await self._record(e.PhaseEntered(phase=move.phase))

    @_do.register
    async def _complete(self, move: m.Complete) -> None:
        await self._record(e.PhaseCompleted(phase=move.phase))

    @_do.register
    async def _resolve(self, _move: m.Resolve) -> None:
        await self._record(e.IncidentResolved())

    @_do.register
    async def _skip(self, move: m.Skip) -> None:
        await self._record(e.SkillSkipped(step=move.step.step.key, why=move.why))

    @_do.register
    async def _run(self, move: m.Run) -> None:
        key = move.step.step.key
        await self._start(move.step)
        result = await find_skill(move.step.step.skill)(self._context(self.case, key))
        await self._settle(move.step, result)

    @_do.register
    async def _propose(self, move: m.Propose) -> None:
        changes: list[Change] = []
        for step in move.steps:
            await self._start(step)
            result = await find_skill(step.step.skill)(self._context(self.case, step.step.key))
            changes.extend(result.changes)
        cause = self.case.incident.cause
        context = self._context(self.case, move.steps[0].step.key)
        plan = await propose_plan(context, cause.remedy if cause else "", tuple(changes))
        await self._record(e.PlanProposed(plan=plan, digest=plan.digest))

    @_do.register
    async def _apply(self, move: m.Apply) -> None:
        change = move.plan.plan.changes[move.index]
        await apply_change(self.case, self._context(self.case, change.step), move, actor=self._actor)

    @_do.register
    async def _confirm(self, move: m.Confirm) -> None:
        step = move.step.step
        mine = tuple(change for change in move.plan.plan.changes if change.step == step.key)
        result = await find_confirmation(step.skill)(self._context(self.case, step.key), mine)
        await self._settle(move.step, result)

    @_do.register
    async def _deliver(self, move: m.Deliver) -> None:
        await deliver_draft(self.case, self._context(self.case, move.step.step.key), move, actor=self._actor)

    @_do.register
    async def _publish(self, move: m.Publish) -> None:
        incident = self.case.incident
        line = incident.postmortem.path if incident.postmortem and incident.postmortem.path else ""
        if incident.draft and move.step.step.skill.endswith("email-annonce"):
            line = "→ " + ", ".join(address.email for address in incident.draft.draft.to)
        outcome = Outcome(line=line)
        await self._record(e.SkillFinished(step=move.step.step.key, outcome=outcome))

    async def _start(self, step: StepView) -> None:
        if step.state != "running" or step.attempt == 0:
            await self._record(e.SkillStarted(step=step.step.key, attempt=step.attempt + 1))

    async def _settle(self, step: StepView, result: Result) -> None:
        """Append what a skill made; a manual step stays open until its person has done their part."""
        events: list[e.IncidentEvent] = list(result.events)
        if result.alert:
            events += await deliver_alert(
                self.case, self._context(self.case, step.step.key), result.alert, actor=self._actor
            )
        if result.failed:
            events.append(e.SkillFailed(step=step.step.key, title=result.line))
        elif step.step.mode != "manual":
            events.append(e.SkillFinished(step=step.step.key, outcome=result.outcome))
        await self._record(*events)

    async def propose_inverse(self) -> None:
        """Propose the plan that takes the last applied plan back.

        Raises:
            Failure: there is none, or it has no inverse.
        """
        view = self.case.incident.plan
        if view is None or not any(change.state == "applied" for change in view.changes):
            raise Failure("nothing_to_invert")
        context = self._context(self.case, view.plan.changes[0].step)
        changes = await inverse_changes(context, view)
        plan = await propose_plan(context, view.plan.remedy, changes, inverts=view.digest)
        await self._record(e.PlanProposed(plan=plan, digest=plan.digest))

    async def try_secret(self, step: str, value: SecretStr) -> bool:
        """Try a secret against the world, keep it in memory if it fits, and journal which."""
        view = self.case.incident.step(step)
        if view is None:
            return False
        context = self._context(self.case, step)
        verdict = await find_trial(view.step.skill)(context, value)
        await self._record(verdict)
        return isinstance(verdict, e.SecretAccepted)

    async def _record(self, *events: e.IncidentEvent) -> None:
        await self.case.record(*events, actor=self._actor)
