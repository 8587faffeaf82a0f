"""Builds what the engine works with: clients at first use, contexts, the ledger, the vault."""

import getpass
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from console import paths
from console.clock import Clock, system_clock
from console.config import Config
from console.engine.case import Case
from console.vault import MemoryVault
from skills.contract import Context
from skills.site import Site
from store.desk import Desk
from store.events import DeskEvent
from store.ledger import LocalLedger
from store.safe_text import load_key, use_key
from store.summary import Summary
from store.values import ActionItem, AlertRule

if TYPE_CHECKING:
    from skills.clients.cluster import Cluster
    from skills.clients.outbox import Outbox
    from skills.clients.payments import Payments
    from skills.clients.web import Web


class Clients:
    """The live clients: one cluster a kubeconfig and context, one of each other kind. Built at first use."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._clusters: dict[tuple[Path | None, str | None], Cluster] = {}

    def cluster(self, site: Site) -> "Cluster":
        """Return the client of the site's cluster; one that says so where none is configured."""
        from skills.clients.kubernetes_cluster import KubernetesCluster, UnconfiguredCluster

        if not self._config.configured(site):
            return UnconfiguredCluster(site.name)
        where = (site.kubeconfig, site.context)
        if where not in self._clusters:
            self._clusters[where] = KubernetesCluster(*where)
        return self._clusters[where]

    @cached_property
    def payments(self) -> "Payments":
        """The Stripe client."""
        from skills.clients.stripe_payments import StripePayments

        return StripePayments()

    @cached_property
    def web(self) -> "Web":
        """The HTTP client."""
        from skills.clients.web import HttpWeb

        return HttpWeb()

    @cached_property
    def outbox(self) -> "Outbox":
        """The way out for mails."""
        from skills.clients.outbox import SmtpOutbox

        return SmtpOutbox(self._config.smtp)

    async def close(self) -> None:
        """Close what was built."""
        for cluster in self._clusters.values():
            await cluster.close()
        for name in ("payments", "web"):
            if name in self.__dict__:
                await getattr(self, name).close()


@dataclass
class World:
    """All that a session stands on."""

    config: Config
    ledger: LocalLedger
    vault: MemoryVault
    clock: Clock
    user: str
    desk: Desk = field(default_factory=Desk)

    async def read_desk(self) -> bool:
        """Read what has come to the desk since; return whether anything has."""
        fresh = await self.ledger.read_desk(self.desk.seq)
        for record in fresh:
            self.desk.add(record)
        return bool(fresh)

    async def append_desk(self, event: DeskEvent) -> None:
        """Append to the desk's log, and read on to there."""
        await self.ledger.append_desk((event,), expected_seq=None, actor=self.user)
        await self.read_desk()

    def summaries(self) -> Sequence[Summary]:
        """Return a line for each incident."""
        return self.ledger.summaries()

    @cached_property
    def clients(self) -> Clients:
        """The live clients."""
        return Clients(self.config)

    def context(self, case: Case, step: str) -> Context:
        """Return what a skill of this case may use."""
        site = self.config.site(case.incident.client)
        clients = self.clients
        return Context(
            now=self.clock,
            incident=case.incident,
            site=site,
            agency=self.config.agency,
            cluster=clients.cluster(site),
            payments=clients.payments,
            outbox=clients.outbox,
            web=clients.web,
            vault=self.vault,
            archive=Memory(self),
            alert_url=self.config.alerts.webhook,
            step=step,
            scratch=case.scratch,
        )


class Memory:
    """What earlier incidents and the desk know."""

    def __init__(self, world: World) -> None:
        self._world = world

    def seen_before(self, client: str, cause: str) -> Sequence[Summary]:
        """Return the past incidents of this client and cause."""
        return [s for s in self._world.summaries() if s.client == client and s.cause == cause]

    def open_incidents(self) -> Sequence[Summary]:
        """Return the incidents now open."""
        return [s for s in self._world.summaries() if s.state == "open"]

    def rules(self) -> Sequence[AlertRule]:
        """Return the alert rules there are."""
        return tuple(self._world.desk.rules.values())

    def actions(self, incident: str) -> Sequence[ActionItem]:  # noqa: ARG002 none is kept outside its incident
        """Return an incident's action items."""
        return ()


def build_world(config: Config, store: Path, clock: Clock = system_clock) -> World:
    """Open the store and return what a session stands on.

    Raises:
        StoreError: the store can't be opened.
    """
    key = load_key(paths.fingerprint_key_file(store))
    use_key(key)
    vault = MemoryVault(key)
    return World(config, LocalLedger(store, clock), vault, clock, getpass.getuser())
