"""The shop's customers: a modest stream of requests, so that its logs flow while somebody watches."""

import asyncio
import random
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from console.drill.shop.server import Shop

PAGES = ("/healthz", "/cart/totals", "/shipping/quote?cp=44000", "/cart/totals", "/promo/HIVER25", "/readyz")
BUSIEST = 5.0
"""Requests a second on the wall, however fast the drill's clock runs."""


class TrafficSwitches(BaseModel):
    """Whether the customers are about."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    running: bool = True


@dataclass
class Traffic:
    """`a_minute` requests a world minute, of which `payments` try to pay with one of the `cards`."""

    shop: Shop
    cards: tuple[str, ...]
    a_minute: float
    payments: float
    mean_amount: int
    dice: random.Random = field(default_factory=random.Random)
    switches: TrafficSwitches = field(default_factory=TrafficSwitches)

    async def run(self, speed: float) -> None:
        """Send requests until cancelled."""
        rate = min(BUSIEST, self.a_minute / 60 * speed)
        if rate <= 0:
            return
        while True:
            await asyncio.sleep(self.dice.expovariate(rate))
            if self.switches.running:
                await self._one()

    async def _one(self) -> None:
        if self.cards and self.dice.random() < self.payments:
            amount = max(500, round(self.dice.gammavariate(3.0, self.mean_amount / 3.0)))
            await self.shop.pay(amount, self.dice.choice(self.cards))
        else:
            self.shop.browse(self.dice.choice(PAGES), self.dice.randint(1, 40))
