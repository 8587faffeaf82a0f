"""The loopback Stripe for the live client."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from console.drill.serving import serve
from console.drill.stripe_api.books import Books
from console.drill.stripe_api.keys import ApiKey, KeyRing, KeyState, Mode, make_secret
from console.drill.stripe_api.methods import PaymentMethods
from console.drill.stripe_api.routes import Profile
from console.drill.stripe_api.server import StripeWorld, stripe_app
from console.drill.stripe_api.switches import StripeSwitches
from skills.clients.stripe_payments import StripePayments

PARIS = ZoneInfo("Europe/Paris")
ACCOUNT = "acct_1Shop"


@dataclass
class Clock:
    """Shows what it is set to."""

    at: datetime = field(default_factory=lambda: datetime(2025, 1, 9, 11, 30, tzinfo=PARIS))

    def __call__(self) -> datetime:
        return self.at


@dataclass
class LoopbackStripe:
    """A running Stripe with the client's account."""

    base: str
    world: StripeWorld
    clock: Clock

    @property
    def books(self) -> Books:
        return self.world.accounts[ACCOUNT][1]

    @property
    def switches(self) -> StripeSwitches:
        return self.world.switches

    def issue(self, mode: Mode = "live", state: KeyState = "active", **fields: Any) -> SecretStr:
        key = ApiKey(fields.pop("secret", None) or make_secret(mode), ACCOUNT, mode, state, **fields)
        self.world.keys.add(key)
        return SecretStr(key.secret)


@pytest.fixture
async def stripe_world() -> AsyncIterator[LoopbackStripe]:
    clock = Clock()
    books = Books(clock, PaymentMethods({"pm_customer": ""}), "eur")
    world = StripeWorld(clock, {ACCOUNT: (Profile(ACCOUNT, "Client existant"), books)}, KeyRing())
    runner, port = await serve(stripe_app(world))
    yield LoopbackStripe(f"http://127.0.0.1:{port}", world, clock)
    await runner.cleanup()


@pytest.fixture
async def payments() -> AsyncIterator[StripePayments]:
    client = StripePayments(seconds=3, retries=0)
    yield client
    await client.close()
