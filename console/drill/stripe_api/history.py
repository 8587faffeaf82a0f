"""An account's earlier weeks: seeded charges that follow the shop's hours, so that a loss can be estimated."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

from console.drill.stripe_api import shapes
from console.drill.stripe_api.books import Books

HOURS = (2, 1, 1, 0, 0, 1, 3, 8, 16, 24, 30, 30, 28, 24, 26, 28, 30, 32, 34, 36, 40, 36, 22, 8)
"""Weight of each local hour; the day's payments are spread by it."""
WEEKDAYS = (1.0, 0.95, 1.0, 1.0, 1.1, 1.25, 1.15)
STEADY = 0.15
"""How far a day strays from its weekday's mean."""


class Trade(BaseModel):
    """How a shop sells: payments on a day, mean basket in minor units, share of declined cards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weeks: int = 6
    payments_a_day: int = 85
    mean_amount: int = 7_100
    declined_share: float = 0.04
    seed: int = 1


class Closure(BaseModel):
    """A stretch of time in which no payment went through."""

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    end: AwareDatetime

    def covers(self, at: datetime) -> bool:
        """Whether `at` lies within."""
        return self.start <= at < self.end


def write(books: Books, trade: Trade, zone: ZoneInfo, until: datetime, closures: list[Closure]) -> None:
    """Enter the weeks before `until` into the live books."""
    dice = random.Random(trade.seed)  # noqa: S311 (repeatable figures are the point)
    first = until.astimezone(zone).date() - timedelta(weeks=trade.weeks)
    cards = [method for method, decline in books.methods.live.items() if not decline]
    refused = [method for method, decline in books.methods.live.items() if decline]
    for at in _instants(dice, trade, zone, first, until):
        amount = _amount(dice, trade.mean_amount)
        declined = bool(refused) and dice.random() < trade.declined_share
        method = dice.choice(refused if declined else cards)
        if not any(closure.covers(at) for closure in closures):
            _enter(books, int(at.timestamp()), amount, method)


def _instants(dice: random.Random, trade: Trade, zone: ZoneInfo, first: date, until: datetime) -> Iterator[datetime]:
    day = first
    while day <= until.astimezone(zone).date():
        mean = trade.payments_a_day * WEEKDAYS[day.weekday()]
        count = round(mean * dice.uniform(1 - STEADY, 1 + STEADY))
        midnight = datetime.combine(day, time(), zone)
        hours = dice.choices(range(24), HOURS, k=count)
        moments = sorted(midnight + timedelta(hours=hour, seconds=dice.uniform(0, 3600)) for hour in hours)
        yield from (at for at in moments if at < until)
        day += timedelta(days=1)


def _amount(dice: random.Random, mean: int) -> int:
    """A basket: most are small, a few are large, and the mean is `mean`."""
    return max(500, min(6 * mean, round(dice.gammavariate(3.0, mean / 3.0))))


def _enter(books: Books, at: int, amount: int, method: str) -> None:
    decline = books.methods.live[method]
    intent = shapes.intent(books.identifier("pi"), "live", at, amount, books.currency)
    intent["payment_method"] = method
    charge = shapes.charge(books.identifier("ch"), intent, at, decline)
    intent["latest_charge"] = charge["id"]
    if not decline:
        intent.update(status="succeeded", amount_received=amount)
    books.intents[intent["id"]] = intent
    books.charges[charge["id"]] = charge
