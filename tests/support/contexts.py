"""A skill's context with the live clients, for tests that hand it loopback servers or none at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.config import Smtp
from console.vault import MemoryVault
from skills.clients.kubernetes_cluster import UnconfiguredCluster
from skills.clients.outbox import SmtpOutbox
from skills.clients.stripe_payments import StripePayments
from skills.clients.web import HttpWeb
from skills.contract import Context
from skills.site import Agency, Site
from store.incident import Incident
from store.values import ActionItem, AlertRule


@dataclass(frozen=True)
class Remembered:
    """What earlier incidents and the desk know, given beforehand."""

    open: tuple[Any, ...] = ()
    past: tuple[Any, ...] = ()
    known_rules: tuple[AlertRule, ...] = ()
    items: tuple[ActionItem, ...] = ()

    def seen_before(self, client: str, cause: str) -> Sequence[Any]:
        return [each for each in self.past if (each.client, each.cause) == (client, cause)]

    def open_incidents(self) -> Sequence[Any]:
        return self.open

    def rules(self) -> Sequence[AlertRule]:
        return self.known_rules

    def actions(self, incident: str) -> Sequence[ActionItem]:
        return [item for item in self.items if item.incident == incident]


def make_context(incident: Incident, **given: Any) -> Context:
    """Return a context in which nothing is configured but what is given."""
    context = Context(
        now=lambda: incident.at,
        incident=incident,
        site=Site(name=incident.client, domains=(incident.client,)),
        cluster=UnconfiguredCluster(incident.client),
        payments=StripePayments(),
        outbox=SmtpOutbox(Smtp(port=9)),
        web=HttpWeb(),
        vault=MemoryVault(b"test"),
        archive=Remembered(),
        agency=Agency(),
        step="",
    )
    return replace(context, **given)
