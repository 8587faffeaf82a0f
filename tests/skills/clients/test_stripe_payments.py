"""The live Stripe client against the loopback Stripe."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from console.drill.stripe_api.keys import make_secret
from skills.contract import Unavailable

if TYPE_CHECKING:
    from skills.clients.stripe_payments import StripePayments
    from tests.skills.clients.conftest import LoopbackStripe

# stripe 16 hands its form to httpx 0.28 by a parameter that httpx has renamed
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
READS = frozenset({"rak_accounts_kyc_basic_read", "rak_balance_read", "rak_payment_intent_read"})


async def test_an_active_key_is_accepted_with_its_account_and_mode(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    probe = await payments.probe(stripe_world.issue(), stripe_world.base)
    assert probe.accepted
    assert (probe.account, probe.livemode, probe.charges_enabled, probe.missing) == ("acct_1Shop", True, True, ())


async def test_an_expired_key_is_told_by_its_code_after_a_single_request(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    probe = await payments.probe(stripe_world.issue(state="expired"), stripe_world.base)
    assert (probe.status, probe.code) == (401, "api_key_expired")
    assert probe.request_id.startswith("req_")
    assert len(stripe_world.world.log.entries()) == 1


async def test_an_unknown_key_is_refused_without_a_code(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    probe = await payments.probe(SecretStr(make_secret()), stripe_world.base)
    assert (probe.status, probe.code, probe.accepted) == (401, "", False)


async def test_a_test_mode_key_says_so(stripe_world: "LoopbackStripe", payments: "StripePayments") -> None:
    probe = await payments.probe(stripe_world.issue("test"), stripe_world.base)
    assert (probe.status, probe.livemode) == (200, False)


async def test_a_restricted_key_that_may_not_take_payments_lacks_that_permission_and_takes_none(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    key = stripe_world.issue(secret=make_secret("live", "rk"), permissions=READS)
    probe = await payments.probe(key, stripe_world.base)
    assert (probe.status, probe.code, probe.missing) == (
        403,
        "more_permissions_required",
        ("rak_payment_intent_write",),
    )
    assert not stripe_world.books.intents


async def test_a_restricted_key_that_may_is_accepted_and_the_probe_makes_no_payment(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    permissions = frozenset({"rak_payment_intent_read", "rak_payment_intent_write"})
    key = stripe_world.issue(secret=make_secret("live", "rk"), permissions=permissions)
    probe = await payments.probe(key, stripe_world.base)
    assert (probe.status, probe.missing, probe.account, probe.livemode) == (200, (), "", True)
    assert not stripe_world.books.intents


async def test_an_account_that_may_take_no_charges_is_told_with_stripes_reason(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    stripe_world.switches.disabled_reason = "requirements.past_due"
    probe = await payments.probe(stripe_world.issue(), stripe_world.base)
    assert (probe.accepted, probe.charges_enabled, probe.disabled_reason) == (True, False, "requirements.past_due")


async def test_a_dead_address_is_unavailable_and_never_a_finding(payments: "StripePayments") -> None:
    with pytest.raises(Unavailable, match="Stripe does not answer"):
        await payments.probe(SecretStr(make_secret()), "http://127.0.0.1:9")


async def test_a_key_that_no_header_can_carry_is_refused_before_it_leaves(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    probe = await payments.probe(SecretStr("sk_live_x\n"), stripe_world.base)
    assert probe.status == 401
    assert not stripe_world.world.log.entries()


async def test_charges_of_a_window_come_from_all_pages_and_from_nowhere_else(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    begin = stripe_world.clock.at
    for _ in range(130):
        stripe_world.clock.at += timedelta(seconds=10)
        intent = stripe_world.books.create("live", 1_000, "eur", payment_method="pm_customer")
        stripe_world.books.confirm(intent, "pm_customer")
    window = (begin + timedelta(seconds=10), begin + timedelta(seconds=1_210))
    charges = await payments.charges(stripe_world.issue(), stripe_world.base, *window)
    assert len(charges) == 120
    assert {(charge.amount, charge.currency, charge.paid) for charge in charges} == {(1_000, "eur", True)}


async def test_a_key_that_may_not_read_charges_is_no_empty_list(
    stripe_world: "LoopbackStripe", payments: "StripePayments"
) -> None:
    key = stripe_world.issue(permissions=frozenset({"rak_balance_read"}))
    with pytest.raises(Unavailable, match="does not let us look"):
        await payments.charges(key, stripe_world.base, stripe_world.clock.at, stripe_world.clock.at)
