"""What an outage has cost, from charges alone."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from skills.clients.payments import Charge
from skills.devops.monitoring.losses import compare, estimate_losses
from tests.support.scenario_parts import ONSET

if TYPE_CHECKING:
    from tests.skills.devops_live.conftest import Stage

AT = datetime(2025, 1, 9, 9, tzinfo=UTC)


def _sold(*amounts: int, paid: bool = True, currency: str = "eur") -> list[Charge]:
    return [Charge(amount, currency, AT, paid) for amount in amounts]


def test_the_loss_is_what_earlier_weeks_sold_less_what_was_sold() -> None:
    loss = compare(_sold(1_000), [_sold(5_000, 7_000), _sold(6_000) * 4], 8_100, "eur", "fr")
    assert (loss.transactions, loss.revenue, loss.observed, loss.weeks) == (2.0, 17_000.0, 1, 2)
    assert loss.method == "Paiements Stripe de la période, comparés aux mêmes heures des 2 semaines précédentes"


def test_declined_and_foreign_charges_are_no_sales() -> None:
    earlier = [_sold(5_000) + _sold(9_999, paid=False) + _sold(9_999, currency="usd")]
    loss = compare(_sold(5_000, paid=False), earlier, 60, "eur", "en")
    assert (loss.transactions, loss.revenue, loss.observed) == (1.0, 5_000.0, 0)


def test_a_window_that_sold_more_than_usual_lost_nothing() -> None:
    loss = compare(_sold(9_000, 9_000), [_sold(5_000)], 60, "eur", "en")
    assert (loss.transactions, loss.revenue) == (0.0, 0.0)


@pytest.mark.parametrize("earlier", [[], [[], []]])
def test_without_a_week_to_compare_with_nothing_is_claimed(earlier: list[list[Charge]]) -> None:
    loss = compare([], earlier, 60, "eur", "en")
    assert (loss.transactions, loss.weeks) == (0.0, 0)
    assert "can't be estimated" in loss.method


async def test_stripes_own_charges_of_the_same_hours_of_four_weeks_give_the_estimate(stage: "Stage") -> None:
    for week in range(1, 7):
        for minute in (0, 30, 60, 89):
            stage.clock.at = ONSET - timedelta(weeks=week) + timedelta(minutes=minute)
            intent = stage.stripe.books.create("live", 6_000, "eur", payment_method="pm_customer")
            stage.stripe.books.confirm(intent, "pm_customer")
    stage.clock.at = ONSET + timedelta(hours=2)
    loss = await estimate_losses(
        stage.context("resolution/reporting"), stage.stripe.issue(), ONSET, ONSET + timedelta(minutes=90)
    )
    assert (loss.transactions, loss.revenue, loss.weeks, loss.window_seconds) == (4.0, 24_000.0, 4, 5_400)
