"""The client's shop on the loopback Stripe: what its pods hold decides what its customers get."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from console.drill.serving import serve
from console.drill.shop.checkout import Checkout
from console.drill.shop.server import Shop, ShopSettings, shop_app

if TYPE_CHECKING:
    from tests.console.drill.conftest import LoopbackStripe, StandingClock


@dataclass
class SomePods:
    """Pods by name with the environment that each was started with."""

    running: dict[str, dict[str, str]]
    logs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    received: list[datetime | None] = field(default_factory=list)

    def ready(self, workload: str) -> list[str]:
        return [pod for pod in self.running if pod.startswith(workload)]

    def environment(self, pod: str) -> Mapping[str, str]:
        return self.running[pod]

    def write(self, pod: str, line: str, at: datetime | None = None) -> None:
        self.logs.append((pod, json.loads(line)))
        self.received.append(at)


@dataclass
class RunningShop:
    base: str
    pods: SomePods
    http: httpx.AsyncClient

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(self.base + path, json=body)


@pytest.fixture
async def shop(stripe_server: "LoopbackStripe", clock: "StandingClock") -> AsyncIterator[RunningShop]:
    pods = SomePods({})
    checkout = Checkout(stripe_server.base)
    settings = ShopSettings("payment", "STRIPE_API_KEY", "pm_customer")
    runner, port = await serve(shop_app(Shop(settings, pods, checkout, clock), clock))
    async with httpx.AsyncClient() as http:
        yield RunningShop(f"http://127.0.0.1:{port}", pods, http)
    await checkout.close()
    await runner.cleanup()


async def test_a_payment_fails_on_pods_with_the_expired_key_and_works_on_pods_with_the_new_one(
    shop: RunningShop, stripe_server: "LoopbackStripe"
) -> None:
    old, new = stripe_server.issue(state="expired"), stripe_server.issue()
    shop.pods.running["payment-a"] = {"STRIPE_API_KEY": old.secret}
    failed = await shop.post("/test-payment")
    shop.pods.running = {"payment-b": {"STRIPE_API_KEY": new.secret}}
    paid = await shop.post("/test-payment")
    assert (failed.status_code, failed.json()) == (500, {"error": "Erreur 500 lors du paiement"})
    assert (paid.status_code, paid.json()["status"]) == (200, "success")
    assert paid.json()["payment_intent"] in stripe_server.books.intents


async def test_the_pod_that_served_logs_stripes_own_words(shop: RunningShop, stripe_server: "LoopbackStripe") -> None:
    key = stripe_server.issue(state="expired")
    shop.pods.running["payment-a"] = {"STRIPE_API_KEY": key.secret}
    await shop.post("/pay", amount=4200, payment_method="pm_customer")
    (pod, error), (_, access) = shop.pods.logs
    assert pod == "payment-a"
    assert error["err"]["message"] == f"Expired API Key provided: {key.masked}"
    assert (error["err"]["type"], error["err"]["code"]) == ("StripeAuthenticationError", "api_key_expired")
    assert (access["req"], access["res"]) == ({"method": "POST", "url": "/pay"}, {"statusCode": 500})


async def test_requests_are_balanced_over_the_ready_pods(shop: RunningShop) -> None:
    shop.pods.running |= {"payment-a": {}, "payment-b": {}, "front-a": {}}
    for _ in range(4):
        assert (await shop.http.get(shop.base + "/healthz")).status_code == 200
    assert [pod for pod, _ in shop.pods.logs] == ["payment-a", "payment-b", "payment-a", "payment-b"]


async def test_without_a_ready_pod_the_shop_is_unavailable(shop: RunningShop) -> None:
    assert (await shop.post("/test-payment")).status_code == 503


async def test_a_declined_card_is_the_customers_402_and_no_error_of_the_shop(
    shop: RunningShop, stripe_server: "LoopbackStripe"
) -> None:
    shop.pods.running["payment-a"] = {"STRIPE_API_KEY": stripe_server.issue().secret}
    declined = await shop.post("/pay", amount=4200, payment_method="pm_broke")
    assert declined.status_code == 402
    assert (shop.pods.logs[0][1]["level"], shop.pods.logs[0][1]["msg"]) == (40, "card declined")


async def test_the_test_payment_takes_nobodys_money(shop: RunningShop, stripe_server: "LoopbackStripe") -> None:
    shop.pods.running["payment-a"] = {"STRIPE_API_KEY": stripe_server.issue().secret}
    await shop.post("/test-payment")
    (charge,) = stripe_server.books.charges.values()
    assert (charge["captured"], charge["refunded"]) == (False, True)


@pytest.mark.parametrize("trouble", ["outage", "unreachable", "server_error"])
async def test_a_stripe_in_trouble_is_a_500_of_the_shop_with_the_cause_in_its_log(
    shop: RunningShop, stripe_server: "LoopbackStripe", trouble: Any
) -> None:
    stripe_server.world.switches.trouble = trouble
    shop.pods.running["payment-a"] = {"STRIPE_API_KEY": stripe_server.issue().secret}
    assert (await shop.post("/test-payment")).status_code == 500
    expected = "StripeConnectionError" if trouble == "unreachable" else "StripeAPIError"
    assert shop.pods.logs[0][1]["err"]["type"] == expected
