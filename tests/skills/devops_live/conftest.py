"""The scenario's site on loopback, and a context as the engine would hand it to a skill."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from skills.clients.kubernetes_cluster import KubernetesCluster
from skills.clients.stripe_payments import StripePayments
from skills.clients.web import HttpWeb
from skills.contract import Context, Result
from skills.remedies import with_steps
from skills.site import Agency, Site, SmokeTest, StripeSite
from store.events import CauseNamed, EvidenceCaptured, IncidentEvent, SecretAccepted
from store.incident import Incident, PlanView, SecretView
from store.values import ActionItem, AlertRule, Cause
from tests.support import loopback as on
from tests.support.scenario import scenario_incident
from tests.support.scenario_parts import REPORTED


class KeyedVault:
    """Secrets in memory."""

    def __init__(self) -> None:
        self.held: dict[str, SecretStr] = {}

    def reveal(self, name: str) -> SecretStr | None:
        return self.held.get(name)

    def fingerprint(self, value: str) -> str:
        return hmac.new(b"k" * 32, value.encode(), hashlib.sha256).hexdigest()


class NoArchive:
    """Nothing was before."""

    def __init__(self) -> None:
        self.known: list[AlertRule] = []

    def seen_before(self, client: str, cause: str) -> Sequence[Any]:
        del client, cause
        return ()

    def open_incidents(self) -> Sequence[Any]:
        return ()

    def rules(self) -> Sequence[AlertRule]:
        return self.known

    def actions(self, incident: str) -> Sequence[ActionItem]:
        del incident
        return ()


class NoOutbox:
    """No mail leaves from here."""

    async def send(self, message: Any) -> str:
        raise AssertionError(message)

    async def has_sent(self, message_id: str) -> bool | None:
        raise AssertionError(message_id)


@dataclass
class Stage:
    """The loopback site, the clients, and the incident as it stands so far."""

    clock: on.Clock
    cluster: on.LoopbackCluster
    stripe: on.LoopbackStripe
    shop: str
    site: Site
    client: KubernetesCluster
    payments: StripePayments
    web: HttpWeb
    incident: Incident
    vault: KeyedVault = field(default_factory=KeyedVault)
    archive: NoArchive = field(default_factory=NoArchive)

    def context(self, step: str) -> Context:
        return Context(
            now=self.clock,
            incident=self.incident,
            site=self.site,
            cluster=self.client,
            payments=self.payments,
            outbox=NoOutbox(),
            web=self.web,
            vault=self.vault,
            archive=self.archive,
            agency=Agency(),
            step=step,
        )

    def take(self, result: Result) -> Result:
        """Let the incident know what a skill found."""
        for event in result.events:
            self._apply(event)
        return result

    def _apply(self, event: IncidentEvent) -> None:
        if isinstance(event, EvidenceCaptured):
            self.incident = replace(self.incident, evidence=(*self.incident.evidence, event.evidence))
        elif isinstance(event, CauseNamed):
            self.incident = replace(self.incident, causes=event.causes)

    def blame(self, cause: str, remedy: str) -> None:
        """Name the cause without having looked."""
        named = with_steps(Cause(key=cause, confidence=1, remedy=remedy, title={"fr": cause}))
        self.incident = replace(self.incident, causes=(named,))

    def accept(self, verdict: SecretAccepted, value: SecretStr) -> None:
        """Hold an accepted key, as the engine does."""
        self.vault.held[verdict.name] = value
        view = SecretView("resolution/secret-manager", verdict.name, hmac=verdict.hmac, account=verdict.account)
        self.incident = replace(self.incident, secret=view)

    def planned(self, *views: PlanView) -> None:
        self.incident = replace(self.incident, plans=views)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = on.Clock()
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(on.loopback_cluster(clock, tmp_path))
        stripe = await stack.enter_async_context(on.loopback_stripe(clock))
        shop = await stack.enter_async_context(on.loopback_shop(cluster, stripe))
        expired = stripe.issue(state="expired").get_secret_value()
        clock.at = REPORTED - timedelta(days=30)
        cluster.world.create(on.secret(on.SECRET, key=expired))
        cluster.world.create(on.service())
        cluster.world.create(on.deployment())
        await cluster.until_ready(3)
        clock.at = REPORTED + timedelta(seconds=20)
        site = Site(
            name="client-existant",
            domains=("client-existant.fr",),
            namespace=on.NAMESPACE,
            workloads=(on.WORKLOAD,),
            stripe=StripeSite(base_address=stripe.base, account=on.ACCOUNT),
            smoke_test=SmokeTest(
                url=f"{shop}/test-payment", expect_json={"status": "success"}, health_url=f"{shop}/health"
            ),
        )
        stage = Stage(
            clock=clock,
            cluster=cluster,
            stripe=stripe,
            shop=shop,
            site=site,
            client=KubernetesCluster(cluster.config, "ovh-1"),
            payments=StripePayments(seconds=3, retries=0),
            web=HttpWeb(seconds=3),
            incident=scenario_incident(REPORTED + timedelta(seconds=20)),
        )
        yield stage
        for client in (stage.client, stage.payments, stage.web):
            await client.close()
