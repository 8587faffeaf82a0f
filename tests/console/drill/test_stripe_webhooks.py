"""Webhook deliveries of the loopback Stripe, judged by the official client's verification."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import stripe
from aiohttp import web

from console.drill import accounts
from console.drill.serving import serve
from console.drill.stripe_api.webhooks import Deliveries, is_signed, make_signing_secret, signature

if TYPE_CHECKING:
    from tests.console.drill.conftest import LoopbackStripe


@dataclass
class Receiver:
    """An endpoint that keeps what it gets and answers with `status`."""

    status: int = 200
    got: list[tuple[bytes, str]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((await request.read(), request.headers["Stripe-Signature"]))
        self.arrived.set()
        return web.Response(status=self.status)


@dataclass
class Subscribed:
    receiver: Receiver
    secret: str


@pytest.fixture
async def subscribed(stripe_server: "LoopbackStripe") -> AsyncIterator[Subscribed]:
    receiver, secret = Receiver(), make_signing_secret()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner, port = await serve(app)
    accounts.subscribe(stripe_server.books, f"http://127.0.0.1:{port}/hook")
    deliveries = asyncio.create_task(Deliveries(stripe_server.books, secret, stripe_server.world.log).run())
    yield Subscribed(receiver, secret)
    deliveries.cancel()
    await asyncio.gather(deliveries, return_exceptions=True)
    await runner.cleanup()


async def _logged(server: "LoopbackStripe") -> int:
    async with asyncio.timeout(5):
        while not server.world.log.entries():  # noqa: ASYNC110 (the server knows no test)
            await asyncio.sleep(0.01)
    return server.world.log.entries()[0].status


async def test_an_event_arrives_with_a_signature_that_the_official_client_accepts(
    stripe_server: "LoopbackStripe", subscribed: Subscribed
) -> None:
    stripe_server.books.tell("payment_intent.succeeded", {"id": "pi_1", "livemode": True})
    assert await _logged(stripe_server) == 200
    payload, header = subscribed.receiver.got[0]
    verify = stripe.WebhookSignature.verify_header
    assert verify(payload.decode(), header, subscribed.secret, tolerance=None)
    with pytest.raises(stripe.SignatureVerificationError):
        verify(payload.decode(), header, make_signing_secret(), tolerance=None)


@pytest.mark.parametrize(("status", "pending"), [(200, 0), (400, 1)])
async def test_an_event_stays_pending_until_its_endpoint_accepts_it(
    stripe_server: "LoopbackStripe", subscribed: Subscribed, status: int, pending: int
) -> None:
    subscribed.receiver.status = status
    stripe_server.books.tell("payment_intent.succeeded", {"id": "pi_1", "livemode": True})
    assert await _logged(stripe_server) == status
    (event,) = stripe_server.books.events.values()
    assert event["pending_webhooks"] == pending


@pytest.mark.parametrize("header", ["", "t=,v1=", "t=1", "v1=abc", "t=1,v1=é", "nonsense"])
def test_a_malformed_signature_is_no_signature(header: str) -> None:
    assert not is_signed("secret", header, b"{}")
    assert is_signed("secret", signature("secret", 1, b"{}"), b"{}")
