"""How each move is made: append, call the skill, append. Cancelling is safe at any point."""

from collections.abc import Callable
from functools import singledispatchmethod

from pydantic import SecretStr

from console.engine.case import Case
from console.engine.decide import Asker, resumption
from console.engine.deliver import deliver_alert, deliver_draft
from console.engine.execute import apply_change, inverse_changes, propose_plan
from console.engine.sla import postponement
from skills.contract import Context, Failure, Result
from skills.registry import find_confirmation, find_skill, find_trial
from store import events as e
from store import moves as m
from store.incident import StepView
from store.plan import Change
from store.values import Outcome


class Performer:
    """Makes moves on a case."""

    def __init__(self, case: Case, context: Callable[[Case, str], Context], actor: str) -> None:
        self._case, self._context, self._actor = case, context, actor

    @singledispatchmethod
    async def do(self, move: m.Move) -> None:
        """Make a move.

        Raises:
            Failure: the world could not be asked, or said no.
        """
        raise NotImplementedError(move)

    @do.register
    async def _enter(self, move: m.Enter) -> None:
        await self._record(e.PhaseEntered(phase=move.phase))

    @do.register
    async def _complete(self, move: m.Complete) -> None:
        await self._record(e.PhaseCompleted(phase=move.phase))

    @do.register
    async def _resolve(self, _move: m.Resolve) -> None:
        context = self._context(self._case, "")
        asker = Asker(
            by=self._actor, now=context.now(), postpone=postponement(self._case.incident, context.site.contract)
        )
        await self._record(*resumption(self._case.incident, asker), e.IncidentResolved())

    @do.register
    async def _skip(self, move: m.Skip) -> None:
        await self._record(e.SkillSkipped(step=move.step.step.key, why=move.why))

    @do.register
    async def _run(self, move: m.Run) -> None:
        key = move.step.step.key
        await self._start(move.step)
        result = await find_skill(move.step.step.skill)(self._context(self._case, key))
        await self._settle(move.step, result)

    @do.register
    async def _propose(self, move: m.Propose) -> None:
        changes: list[Change] = []
        for step in move.steps:
            await self._start(step)
            result = await find_skill(step.step.skill)(self._context(self._case, step.step.key))
            changes.extend(result.changes)
        cause = self._case.incident.cause
        context = self._context(self._case, move.steps[0].step.key)
        plan = await propose_plan(context, cause.remedy if cause else "", tuple(changes))
        await self._record(e.PlanProposed(plan=plan, digest=plan.digest))

    @do.register
    async def _apply(self, move: m.Apply) -> None:
        change = move.plan.plan.changes[move.index]
        await apply_change(self._case, self._context(self._case, change.step), move, actor=self._actor)

    @do.register
    async def _confirm(self, move: m.Confirm) -> None:
        step = move.step.step
        mine = tuple(change for change in move.plan.plan.changes if change.step == step.key)
        result = await find_confirmation(step.skill)(self._context(self._case, step.key), mine)
        await self._settle(move.step, result)

    @do.register
    async def _deliver(self, move: m.Deliver) -> None:
        await deliver_draft(self._case, self._context(self._case, move.step.step.key), move, actor=self._actor)

    @do.register
    async def _publish(self, move: m.Publish) -> None:
        incident = self._case.incident
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
                self._case, self._context(self._case, step.step.key), result.alert, actor=self._actor
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
        view = self._case.incident.plan
        if view is None or not any(change.state == "applied" for change in view.changes):
            raise Failure("nothing_to_invert")
        context = self._context(self._case, view.plan.changes[0].step)
        changes = await inverse_changes(context, view)
        plan = await propose_plan(context, view.plan.remedy, changes, inverts=view.digest)
        await self._record(e.PlanProposed(plan=plan, digest=plan.digest))

    async def try_secret(self, step: str, value: SecretStr) -> bool:
        """Try a secret against the world, keep it in memory if it fits, and journal which."""
        view = self._case.incident.step(step)
        if view is None:
            return False
        context = self._context(self._case, step)
        verdict = await find_trial(view.step.skill)(context, value)
        await self._record(verdict)
        return isinstance(verdict, e.SecretAccepted)

    async def _record(self, *events: e.IncidentEvent) -> None:
        await self._case.record(*events, actor=self._actor)
