"""A session: cases under work, commands taken, mails taken in. What every front end drives."""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from console import paths
from console.credential import print_secret
from console.engine.case import Case
from console.engine.decide import Asker
from console.engine.engine import Engine
from console.engine.sla import due, postponement
from console.intake import route
from console.sources import Sources
from console.wiring import World
from skills.contract import Failure, SkillError
from store import commands as c
from store import events as e
from store.errors import StoreError
from store.feed import SourceState
from store.hold import Hold
from store.incident import Incident
from store.values import Priority, RequestType

_CLOCK_SECONDS = 5.0
_STORE_AGAIN_SECONDS = 5.0
_URGENT = (Priority.P1, Priority.P2)
_DEFECTS = frozenset({RequestType.HOTFIX, RequestType.BUG, RequestType.SECURITY})
"""What is diagnosed; a question or a wish rests after its triage, for a person to answer."""


class Session:
    """One process's work on a store. Everything in it runs on one asyncio loop."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cases: dict[str, Case] = {}
        self.engines: dict[str, Engine] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._holds: dict[str, Hold] = {}
        self._sources = Sources(world, self.work)
        self.trouble = ""
        """Why the store takes nothing, empty where it does."""
        self.on_growth: Callable[[], object] = lambda: None

    async def start(self) -> None:
        """Take up what a dead process left, work what is open, and begin to read the sources."""
        await self.world.read_desk()
        for report in self.world.desk.unrouted:
            await route(self.world, report)
        for summary in self.world.summaries():
            if summary.state != "closed":
                await self.work(summary.incident)
        self._sources.start()
        self._tasks["thresholds"] = asyncio.create_task(self._tell_thresholds(), name="thresholds")

    async def _tell_thresholds(self) -> None:
        """Look at the clocks of the incidents that this session works."""
        while True:
            for engine in tuple(self.engines.values()):
                try:
                    await engine.tell_thresholds()
                except StoreError as error:
                    self.trouble = str(error)
                    self.on_growth()
            await asyncio.sleep(_CLOCK_SECONDS)

    @property
    def sources(self) -> tuple[SourceState, ...]:
        """How each source of mails and alerts stands."""
        return self._sources.states

    async def case(self, incident: str) -> Case:
        """Return the case of an incident, read to its end.

        Raises:
            StoreError: there is no such incident, or its journal is damaged.
        """
        if incident not in self.cases:
            self.cases[incident] = Case(self.world.ledger, incident, lambda: self.on_growth())  # noqa: PLW0108 set later
        case = self.cases[incident]
        await case.refresh()
        return case

    async def work(self, incident: str, *, attended: bool = False) -> str:
        """Work an incident unless another process does; return that one's name, or an empty string."""
        if incident in self.engines:
            if attended and self.engines[incident].case.incident.request in _DEFECTS:
                self.engines[incident].attend()
            return ""
        case = await self.case(incident)
        if case.incident.state == "closed":
            return ""
        hold = self.world.ledger.try_hold(incident, self._who())
        if hold is None:
            return self.world.ledger.holder(incident) or "?"
        self._holds[incident] = hold
        engine = Engine(case, self.world.context, f"{self.world.user}@{socket.gethostname()}")
        if (attended and case.incident.request in _DEFECTS) or case.incident.priority in _URGENT:
            engine.attend()
        self.engines[incident] = engine
        self._tasks[incident] = asyncio.create_task(self._run(incident, engine), name=f"engine {incident}")
        return ""

    def _who(self) -> str:
        tty = os.ttyname(0).removeprefix("/dev/") if os.isatty(0) else "-"
        return f"{self.world.user}@{socket.gethostname()} {tty} (pid {os.getpid()})"

    async def _run(self, incident: str, engine: Engine) -> None:
        """Work until the end; a store that can't be written is said, and tried again: what it lacks is not done."""
        try:
            while True:
                try:
                    await engine.work()
                except StoreError as error:
                    self.trouble = str(error)
                    self.on_growth()
                    await asyncio.sleep(_STORE_AGAIN_SECONDS)
                    self.trouble = ""
                else:
                    break
        finally:
            self.engines.pop(incident, None)
            self._holds.pop(incident).release()

    async def submit(self, command: c.Command) -> c.Refusal | None:
        """Take a command; None where it is on disk."""
        case = await self.case(command.incident)
        try:
            if isinstance(command, c.OfferSecret):
                return await self._offer(case, command)
            if isinstance(command, c.ProposeInverse):
                return await self._invert(case)
        except Failure as failure:
            return c.Refusal("failure", f"{failure.title} {failure.detail}".strip())
        if isinstance(command, c.PublishPostmortem):
            return await self._publish(case, command)
        if isinstance(command, c.SplitReport):
            return await self._split(case, command)
        refusal = await case.submit(command, self._asker(case))
        if refusal is None and isinstance(command, c.CorrectPriority) and command.priority in _URGENT:
            await self.work(case.id, attended=True)
        return refusal

    async def _split(self, case: Case, command: c.SplitReport) -> c.Refusal | None:
        """Take a report out of the incident; a process that dies here is made good for at the next start."""
        if command.report not in {joined.report for joined in case.incident.joined}:
            return c.Refusal("not_joined")
        world = self.world
        await world.append_desk(e.ReportSplit(report=command.report, incident=case.id, by=world.user))
        taken = await route(world, world.desk.reports[command.report])
        if taken.incident:
            await self.work(taken.incident)
        return None

    def _asker(self, case: Case) -> Asker:
        incident, site = case.incident, self.world.config.site(case.incident.client)
        return Asker(
            by=self.world.user,
            now=self.world.clock(),
            deadline=lambda command: due(
                command.priority, site.contract, site.time_zone, incident.reported_at, incident.onset_at
            ),
            postpone=postponement(incident, site.contract),
            postmortem_path=str(self._postmortem_file(incident)),
        )

    def _postmortem_file(self, incident: Incident) -> Path:
        directory = self.world.config.agency.postmortem_directory or paths.postmortem_directory(
            self.world.ledger.directory
        )
        return directory.resolve() / f"{incident.id}.md"

    async def _offer(self, case: Case, command: c.OfferSecret) -> c.Refusal | None:
        engine, secret = self.engines.get(case.id), case.incident.secret
        if engine is None:
            return c.Refusal("held", self.world.ledger.holder(case.id) or "")
        if secret is None or secret.name != command.name:
            return c.Refusal("no_secret_asked")
        value = command.value or await self._printed(case)
        vault = self.world.vault
        vault.put(secret.name, value)
        accepted = False
        try:
            accepted = await engine.try_secret(secret.step, value)
        finally:
            if not accepted:
                vault.drop(secret.name)
        return None

    async def _printed(self, case: Case) -> SecretStr:
        stripe = self.world.config.site(case.incident.client).stripe
        if stripe is None or not stripe.new_key_command:
            raise SkillError("No command is configured that prints the secret", "", "paste it instead")
        return await print_secret(stripe.new_key_command, hint="mend new_key_command, or paste the secret")

    async def _invert(self, case: Case) -> c.Refusal | None:
        engine = self.engines.get(case.id)
        if engine is None:
            return c.Refusal("held", self.world.ledger.holder(case.id) or "")
        await engine.propose_inverse()
        return None

    async def _publish(self, case: Case, command: c.PublishPostmortem) -> c.Refusal | None:
        """Write the file first: the event says that it is there."""
        document = case.incident.postmortem
        asker = self._asker(case)
        if document and not document.published_at:
            await asyncio.to_thread(_write, Path(asker.postmortem_path), document.text)
        return await case.submit(command, asker)

    async def close(self) -> None:
        """Stop working; what is under way is taken up by the next session."""
        await self._sources.close()
        for task in tuple(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self.world.clients.close()


def _write(path: Path, text: str) -> None:
    """Replace a file whole: temporary file, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
