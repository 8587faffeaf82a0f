"""The incident's figures are filed, with what the outage has cost by Stripe's own books."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from console.drill.serving import serve
from console.drill.stripe_api.books import Books
from console.drill.stripe_api.history import Closure, Trade, write
from console.drill.stripe_api.keys import ApiKey, KeyRing, make_secret
from console.drill.stripe_api.methods import PaymentMethods
from console.drill.stripe_api.routes import Profile
from console.drill.stripe_api.server import StripeWorld, stripe_app
from skills.clients.kubernetes_cluster import KubernetesCluster
from skills.clients.stripe_payments import StripePayments
from skills.contract import Context
from skills.project_management.pilotage.reporting import figures_of, file_report
from skills.prose.figures import losses
from skills.site import Site, StripeSite
from store.events import ReportFiled
from store.values import LossEstimate
from tests.support import scenario_parts as part
from tests.support import stories
from tests.support.contexts import make_context
from tests.support.scenario import scenario_incident

RECOVERED = part.REPORTED + timedelta(minutes=45)
"""When the payment was proved: the charges of the earlier weeks are counted up to this time of day."""


@dataclass
class OneSecret:
    """An API server that holds the client's Secret and nothing else."""

    data: dict[str, str]
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        if self.asked[-1] != "GET /api/v1/namespaces/client-existant/secrets/stripe-api":
            return web.json_response({"kind": "Status", "reason": "NotFound", "code": 404}, status=404)
        metadata = {"name": "stripe-api", "namespace": "client-existant", "resourceVersion": "7"}
        return web.json_response({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": self.data})


def kubeconfig(port: int) -> str:
    """Return a kubeconfig of an API server without authentication."""
    parts = {
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
    }
    return json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "x", **parts})


@dataclass
class Shop:
    """The client's cluster and Stripe account after the fix, and a context that reaches both."""

    cluster: OneSecret
    books: Books
    context: Context
    key: str

    def sold(self, weeks: int) -> list[int]:
        """Return the amounts paid in the outage's hours, that many weeks before."""
        start, end = (int((at - timedelta(weeks=weeks)).timestamp()) for at in (part.ONSET, RECOVERED))
        charges = self.books.charges.values()
        return [charge["amount"] for charge in charges if charge["paid"] and start <= charge["created"] < end]


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[int]:
    runner, port = await serve(app)
    try:
        yield port
    finally:
        await runner.cleanup()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    books = Books(lambda: RECOVERED, PaymentMethods({"pm_customer": ""}), "eur")
    write(books, Trade(), part.PARIS, RECOVERED, [Closure(start=part.ONSET, end=RECOVERED)])
    key = ApiKey(make_secret("live"), "acct_1Shop", "live", "active")
    keys = KeyRing()
    keys.add(key)
    stripe = StripeWorld(lambda: RECOVERED, {"acct_1Shop": (Profile("acct_1Shop", "Client existant"), books)}, keys)
    cluster = OneSecret({"key": base64.b64encode(key.secret.encode()).decode()})
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", cluster.answer)
    async with served(app) as api_port, served(stripe_app(stripe)) as stripe_port:
        (tmp_path / "kubeconfig").write_text(kubeconfig(api_port))
        account = StripeSite(base_address=f"http://127.0.0.1:{stripe_port}")
        site = Site(name=part.CLIENT, domains=(part.CLIENT,), namespace="client-existant", stripe=account)
        api, payments = KubernetesCluster(tmp_path / "kubeconfig"), StripePayments(seconds=5, retries=0)
        context = make_context(stories.ready_to_answer(), site=site, cluster=api, payments=payments)
        yield Shop(cluster, books, context, key.secret)
        await api.close()
        await payments.close()


async def filed(context: Context) -> dict[str, Any]:
    (event,) = (await file_report(context)).events
    assert isinstance(event, ReportFiled)
    return event.figures


async def test_the_loss_is_what_the_same_hours_of_four_weeks_sold(shop: Shop) -> None:
    estimate = LossEstimate.model_validate((await filed(shop.context))["losses"])
    weeks = [shop.sold(weeks) for weeks in range(1, 5)]
    assert (estimate.weeks, estimate.observed, shop.sold(0)) == (4, 0, [])
    assert estimate.transactions == pytest.approx(sum(map(len, weeks)) / 4, abs=0.1)
    assert estimate.revenue == pytest.approx(sum(map(sum, weeks)) / 4, abs=0.1)
    assert estimate.transactions > 5


async def test_the_key_that_was_read_for_it_stands_nowhere(shop: Shop) -> None:
    result = await file_report(shop.context)
    assert shop.key not in repr(result)
    assert shop.cluster.asked == ["GET /api/v1/namespaces/client-existant/secrets/stripe-api"]


async def test_a_loss_that_can_not_be_asked_for_holds_nothing_up(shop: Shop) -> None:
    site = shop.context.site.model_copy(update={"namespace": "elsewhere"})
    figures = await filed(replace(shop.context, site=site))
    assert figures["losses"] is None
    assert figures["losses_unavailable"]
    assert figures["metrics"]["resolution"] == 45 * 60


async def test_a_secret_without_the_key_says_which_is_missing(shop: Shop) -> None:
    del shop.cluster.data["key"]
    assert (await filed(shop.context))["losses_unavailable"] == "secret/stripe-api lacks `key`"


async def test_without_a_stripe_account_no_loss_is_asked_for() -> None:
    figures = await filed(make_context(stories.ready_to_answer()))
    assert (figures["losses"], "losses_unavailable" in figures) == (None, False)


def test_every_phase_stands_beside_its_budget_and_target() -> None:
    figures = figures_of(scenario_incident())
    assert figures["metrics"] == {"detection": 5400.0, "diagnosis": 900.0, "resolution": 2700.0, "total": 8100.0}
    assert [(p["name"], p["budget_seconds"], p["target_share"]) for p in figures["phases"]][:2] == [
        ("triage", 900, 1.0),
        ("diagnosis", 1800, 0.8),
    ]
    assert figures["phases"][2]["automatic_share"] == 0.5
    assert figures["sla_kept"] is True
    assert figures_of(stories.breached())["sla_kept"] is False


def test_what_was_filed_is_what_the_post_mortem_shows() -> None:
    shown = losses(stories.ready_to_document())
    assert (shown.transactions, shown.revenue) == ("~12", "~€850")
