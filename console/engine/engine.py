"""The thin shell round the pure core: append, do, append. It alone calls skills.

One engine works an incident at a time, under a lock that its death releases. What was under way when
another died is begun again where it only looked, and looked up in the world where it changed something.
"""

import logging
from collections.abc import Callable

from pydantic import SecretStr

from console.engine.case import Case
from console.engine.perform import Performer
from console.engine.thresholds import tell_thresholds
from skills.contract import Context, Failure, Needed
from store import events as e
from store import moves as m
from store.errors import StoreError
from store.incident import StepView

_LOG = logging.getLogger(__name__)


class Engine:
    """Works one case until nothing is left to do but by a person."""

    def __init__(self, case: Case, context: Callable[[Case, str], Context], actor: str) -> None:
        self.case = case
        self._context = context
        self._actor = actor
        self._performer = Performer(case, context, actor)
        self._attended = False

    def attend(self) -> None:
        """Go on beyond the triage: somebody looks, or the priority asks for it."""
        self._attended = True
        self.case.changed.set()

    async def tell_thresholds(self) -> None:
        """Tell the team how much of the SLA is used up, where a threshold was crossed."""
        await tell_thresholds(self.case, self._context(self.case, ""), actor=self._actor)

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
        waits = isinstance(move, m.Enter) and move.phase != first and self.case.incident.state == "open"
        return waits and not self._attended

    async def _guarded(self, move: m.Move) -> None:
        step = getattr(move, "step", None)
        try:
            await self._performer.do(move)
        except Needed as need:
            await self._ask(need, step)
        except Failure as failure:
            await self._fail(step, failure.title, failure.detail, failure.hint)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 the one place: a bug in a skill is an event, not an end
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

    async def propose_inverse(self) -> None:
        """Propose the plan that takes the last applied plan back.

        Raises:
            Failure: there is none, or it has no inverse.
        """
        await self._performer.propose_inverse()

    async def try_secret(self, step: str, value: SecretStr) -> bool:
        """Try a secret against the world and journal whether it fits; return that."""
        return await self._performer.try_secret(step, value)

    async def _record(self, *events: e.IncidentEvent) -> None:
        await self.case.record(*events, actor=self._actor)
