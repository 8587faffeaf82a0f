"""The loopback servers, each on its own free port, under a clock that stands where a test puts it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.drill.serving import serve
from console.drill.stripe_api.books import Books
from console.drill.stripe_api.keys import ApiKey, KeyRing, KeyState, Mode, make_secret
from console.drill.stripe_api.methods import PaymentMethods
from console.drill.stripe_api.routes import Profile
from console.drill.stripe_api.server import StripeWorld, stripe_app

PARIS = ZoneInfo("Europe/Paris")
ACCOUNT, OTHER = "acct_1Shop", "acct_1Other"


@dataclass
class StandingClock:
    """Shows what it is set to."""

    at: datetime = field(default_factory=lambda: datetime(2025, 1, 9, 11, 30, tzinfo=PARIS))

    def __call__(self) -> datetime:
        return self.at


@dataclass
class LoopbackStripe:
    """A running Stripe with the client's account and a stranger's."""

    base: str
    world: StripeWorld

    @property
    def books(self) -> Books:
        return self.world.accounts[ACCOUNT][1]

    def issue(self, mode: Mode = "live", state: KeyState = "active", account: str = ACCOUNT, **fields: Any) -> ApiKey:
        key = ApiKey(make_secret(mode), account, mode, state, **fields)
        self.world.keys.add(key)
        return key


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def stripe_server(clock: StandingClock) -> AsyncIterator[LoopbackStripe]:
    methods = PaymentMethods({"pm_customer": "", "pm_broke": "insufficient_funds"})
    accounts = {
        ACCOUNT: (Profile(ACCOUNT, "Client existant"), Books(clock, methods, "eur")),
        OTHER: (Profile(OTHER, "Somebody else"), Books(clock, PaymentMethods(), "eur")),
    }
    world = StripeWorld(clock, accounts, KeyRing())
    runner, port = await serve(stripe_app(world))
    yield LoopbackStripe(f"http://127.0.0.1:{port}", world)
    await runner.cleanup()
