"""What an outage has cost: the charges of its window against the same hours of the four weeks before."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import SecretStr

from skills.clients.payments import Charge
from skills.contract import Context, SkillError
from skills.wording import say
from store.values import Language, LossEstimate

WEEKS = 4


def compare(
    window: Sequence[Charge], earlier: Sequence[Sequence[Charge]], seconds: int, currency: str, language: Language
) -> LossEstimate:
    """Estimate the loss from the window's charges and those of the same hours of each earlier week.

    A week without any paid charge tells nothing of what would have been sold and is left out; a window
    that sold more than was to be expected lost nothing.
    """
    paid = _paid(window, currency)
    weeks = [charges for week in earlier if (charges := _paid(week, currency))]
    count = len(weeks)
    expected = sum(len(week) for week in weeks) / count if count else 0.0
    revenue = sum(charge.amount for week in weeks for charge in week) / count if count else 0.0
    return LossEstimate(
        transactions=round(max(0.0, expected - len(paid)), 1),
        revenue=round(max(0.0, revenue - sum(charge.amount for charge in paid)), 1),
        currency=currency,
        window_seconds=seconds,
        method=say(language, "losses.method" if count else "losses.unknown", count=count),
        observed=len(paid),
        weeks=count,
    )


async def estimate_losses(context: Context, key: SecretStr, start: datetime, end: datetime) -> LossEstimate:
    """Ask Stripe for the window and its four earlier weeks and compare them.

    The same hours are the client's wall clock's: a week earlier by the calendar, summer time or not.

    Raises:
        SkillError: no Stripe account is configured.
        Unavailable: Stripe can't be asked, or the key may not read charges.
    """
    stripe = context.site.stripe
    if stripe is None:
        raise SkillError(say(context.incident.language, "stripe.unconfigured", client=context.site.name))
    windows = [(_earlier(start, weeks), _earlier(end, weeks)) for weeks in range(WEEKS + 1)]
    found = await asyncio.gather(
        *(context.payments.charges(key, stripe.base_address, first, last) for first, last in windows)
    )
    seconds = int((end - start).total_seconds())
    return compare(found[0], found[1:], seconds, stripe.currency, context.incident.language)


def _earlier(at: datetime, weeks: int) -> datetime:
    """Return the same wall-clock time that many weeks before, in the instant's own zone."""
    return at - timedelta(weeks=weeks)


def _paid(charges: Sequence[Charge], currency: str) -> list[Charge]:
    return [charge for charge in charges if charge.paid and charge.currency == currency]
