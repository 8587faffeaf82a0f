"""The pods' logs before the drill begins, by the scenario's patterns and Stripe's real answers."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.drill.scenario import Log, Scenario
from console.drill.shop import lines
from console.drill.shop.answers import StripeAnswer
from console.drill.shop.traffic import PAGES
from console.drill.stripe_api.refusals import Refused
from console.drill.stripe_api.server import StripeWorld
from console.drill.stripe_api.switches import refusal

Entry = tuple[datetime, str, str]
"""Instant, pod, line."""


@dataclass(frozen=True)
class Past:
    """Writes the past of one scenario; the same seed writes the same."""

    scenario: Scenario
    stripe: StripeWorld
    pods_key: str
    cards: Sequence[str]

    def entries(self, log: Log, pods: Sequence[str]) -> Iterator[Entry]:
        """The entries of one pattern, oldest first."""
        dice = random.Random(f"{self.scenario.seed}/{log.workload}/{log.kind}/{log.start}")  # noqa: S311 (repeatable)
        for number, at in enumerate(_instants(log, dice)):
            pod = pods[number % len(pods)]
            if log.kind == "payments":
                yield from self._payment(at, pod, number, dice)
            elif log.kind == "browse":
                spent = dice.randint(1, 40)
                page = PAGES[number % len(PAGES)]
                yield at, pod, lines.request_completed(at, pod, "GET", page, status=200, milliseconds=spent)
            elif log.kind == "webhooks":
                yield at, pod, self._webhook(at, pod, dice)
            else:
                yield at, pod, filled(log.lines[number % len(log.lines)], at, pod)

    def _payment(self, at: datetime, pod: str, number: int, dice: random.Random) -> Iterator[Entry]:
        order = f"CMD-{160_000 + int(at.timestamp()) % 1_000 + number}"
        since = self.scenario.outage_since
        answer = self._answer(dice) if since is not None and at >= since else StripeAnswer(200)
        if answer.paid:
            paid = {"id": "pi_3Q" + _letters(dice, 22), "amount": dice.randint(900, 16_000)}
            yield at, pod, lines.payment_succeeded(at, pod, order, paid)
        else:
            yield at, pod, lines.payment_failed(at, pod, order, answer)
        status = 200 if answer.paid else 402 if answer.status == 402 else 500
        spent = dice.randint(120, 480)
        yield at, pod, lines.request_completed(at, pod, "POST", "/pay", status=status, milliseconds=spent)

    def _webhook(self, at: datetime, pod: str, dice: random.Random) -> str:
        since = self.scenario.outage_since
        if self.scenario.stripe.stale_webhook_secret and since is not None and at >= since:
            return lines.webhook_refused(at, pod)
        return lines.webhook_taken(at, pod, {"id": "evt_3Q" + _letters(dice, 22), "type": "payment_intent.succeeded"})

    def _answer(self, dice: random.Random) -> StripeAnswer:
        """What Stripe says to the pods' key; nothing is entered into its books."""
        switches, identifier = self.stripe.switches, "req_" + _letters(dice, 14)
        try:
            if switches.trouble != "none" and dice.random() < switches.share:
                refused = refusal(switches.trouble)
                if refused is None:
                    return StripeAnswer(503 if switches.trouble == "outage" else 0, {}, identifier)
                raise refused
            self.stripe.would_pay(self.pods_key, dice.choice(self.cards))
        except Refused as refused:
            return StripeAnswer(refused.status, refused.body(), identifier)
        return StripeAnswer(200)


def filled(template: str, at: datetime, pod: str) -> str:
    """A line with its `{time}` (ISO 8601), `{millis}` (Unix) and `{pod}`."""
    return template.format(time=at.isoformat(timespec="milliseconds"), millis=int(at.timestamp() * 1000), pod=pod)


def _instants(log: Log, dice: random.Random) -> Iterator[datetime]:
    for number in itertools.count():
        stray = dice.uniform(0, log.every / 2) if number else 0.0
        at = log.start + timedelta(seconds=number * log.every + stray)
        if at >= log.end:
            return
        yield at


def _letters(dice: random.Random, count: int) -> str:
    return "".join(dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789") for _ in range(count))
