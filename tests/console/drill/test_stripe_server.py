"""The loopback Stripe, driven by the official client."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import httpx
import pytest

from console.drill.stripe_api import history
from console.drill.stripe_api.keys import ApiKey, make_secret

if TYPE_CHECKING:
    import stripe

    from tests.console.drill.conftest import LoopbackStripe, StandingClock

    Clients = Callable[[str], "stripe.StripeClient"]

PARIS = ZoneInfo("Europe/Paris")

# stripe 16 hands its form to httpx 0.28 by a parameter that httpx has renamed
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@asynccontextmanager
async def _client(server: "LoopbackStripe", key: str) -> AsyncIterator["stripe.StripeClient"]:
    import stripe

    http = stripe.HTTPXClient(timeout=5)
    try:
        yield stripe.StripeClient(key, base_addresses={"api": server.base}, max_network_retries=0, http_client=http)
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]


async def _refusal(server: "LoopbackStripe", key: str) -> "stripe.StripeError":
    import stripe

    async with _client(server, key) as client:
        with pytest.raises(stripe.StripeError) as raised:
            await client.v1.balance.retrieve_async()
    return raised.value


async def test_an_active_key_reads_its_own_account_and_balance(stripe_server: "LoopbackStripe") -> None:
    async with _client(stripe_server, stripe_server.issue().secret) as client:
        account = await client.v1.accounts.retrieve_current_async()
        balance = await client.v1.balance.retrieve_async()
    assert (account.id, account.charges_enabled) == ("acct_1Shop", True)
    assert (balance.livemode, balance.available[0].currency) == (True, "eur")


async def test_an_expired_key_is_told_by_status_and_code_and_not_by_type(stripe_server: "LoopbackStripe") -> None:
    key = stripe_server.issue(state="expired")
    error = await _refusal(stripe_server, key.secret)
    assert (type(error).__name__, error.http_status) == ("AuthenticationError", 401)
    assert error.error is not None
    assert (error.error.code, error.error.type) == ("api_key_expired", "invalid_request_error")
    assert str(error.user_message) == f"Expired API Key provided: {key.masked}"
    assert error.request_id
    assert error.request_id.startswith("req_")


async def test_an_unknown_key_is_invalid_and_carries_no_code(stripe_server: "LoopbackStripe") -> None:
    error = await _refusal(stripe_server, make_secret())
    assert error.http_status == 401
    assert "Invalid API Key provided: sk_live_***" in str(error.user_message)
    assert error.error is not None
    assert getattr(error.error, "code", None) is None


async def test_a_restricted_key_is_refused_with_the_permission_that_it_lacks(stripe_server: "LoopbackStripe") -> None:
    key = stripe_server.issue(permissions=frozenset({"rak_charge_read"}))
    error = await _refusal(stripe_server, key.secret)
    assert (type(error).__name__, error.http_status) == ("PermissionError", 403)
    assert "Having the 'rak_balance_read' permission would allow this request" in str(error.user_message)


async def test_a_test_key_takes_test_cards_and_no_live_ones(stripe_server: "LoopbackStripe") -> None:
    import stripe

    async with _client(stripe_server, stripe_server.issue("test").secret) as client:
        paid = await client.v1.payment_intents.create_async(
            {"amount": 1000, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
        )
        with pytest.raises(stripe.InvalidRequestError, match="similar object exists in live mode"):
            await client.v1.payment_intents.create_async(
                {"amount": 1000, "currency": "eur", "payment_method": "pm_customer", "confirm": True}
            )
        with pytest.raises(stripe.CardError) as declined:
            await client.v1.payment_intents.create_async(
                {"amount": 1000, "currency": "eur", "payment_method": "pm_card_chargeDeclined", "confirm": True}
            )
    assert (paid.status, paid.livemode) == ("succeeded", False)
    assert (declined.value.http_status, declined.value.code) == (402, "card_declined")


async def test_an_intent_is_created_confirmed_retrieved_and_shows_among_charges_and_events(
    stripe_server: "LoopbackStripe",
) -> None:
    async with _client(stripe_server, stripe_server.issue().secret) as client:
        created = await client.v1.payment_intents.create_async(
            {"amount": 4250, "currency": "eur", "metadata": {"order": "CMD-1"}}
        )
        confirmed = await client.v1.payment_intents.confirm_async(created.id, {"payment_method": "pm_customer"})
        again = await client.v1.payment_intents.retrieve_async(created.id)
        charges = await client.v1.charges.list_async({"payment_intent": created.id})
        events = await client.v1.events.list_async({"type": "payment_intent.succeeded"})
    assert (created.status, confirmed.status) == ("requires_payment_method", "succeeded")
    assert again.metadata["order"] == "CMD-1"
    assert [(each.id, each.amount_captured) for each in charges.data] == [(confirmed.latest_charge, 4250)]
    assert [each.data.object["id"] for each in events.data] == [created.id]


async def test_a_refund_is_recorded_once(stripe_server: "LoopbackStripe") -> None:
    import stripe

    async with _client(stripe_server, stripe_server.issue().secret) as client:
        intent = await client.v1.payment_intents.create_async(
            {"amount": 900, "currency": "eur", "payment_method": "pm_customer", "confirm": True}
        )
        refund = await client.v1.refunds.create_async({"payment_intent": intent.id})
        with pytest.raises(stripe.InvalidRequestError) as twice:
            await client.v1.refunds.create_async({"payment_intent": intent.id})
    assert (refund.amount, refund.status) == (900, "succeeded")
    assert twice.value.code == "charge_already_refunded"


async def test_an_idempotency_key_pays_once_and_refuses_other_parameters(stripe_server: "LoopbackStripe") -> None:
    import stripe

    options: stripe.RequestOptions = {"idempotency_key": "once"}
    params: stripe.params.PaymentIntentCreateParams = {
        "amount": 500,
        "currency": "eur",
        "payment_method": "pm_customer",
        "confirm": True,
    }
    async with _client(stripe_server, stripe_server.issue().secret) as client:
        first = await client.v1.payment_intents.create_async(params, options)
        second = await client.v1.payment_intents.create_async(params, options)
        with pytest.raises(stripe.IdempotencyError):
            await client.v1.payment_intents.create_async({**params, "amount": 700}, options)
    assert first.id == second.id
    assert len(stripe_server.books.charges) == 1


async def test_charges_of_earlier_weeks_come_in_pages_within_the_created_range(
    stripe_server: "LoopbackStripe", clock: "StandingClock"
) -> None:
    history.write(stripe_server.books, history.Trade(), PARIS, clock(), [])
    start = datetime(2025, 1, 2, 0, 0, tzinfo=PARIS)
    since, until = int(start.timestamp()), int((start + timedelta(days=2)).timestamp())
    async with _client(stripe_server, stripe_server.issue().secret) as client:
        first = await client.v1.charges.list_async({"created": {"gte": since, "lt": until}, "limit": 20})
        every = [each async for each in first.auto_paging_iter()]
    expected = [each for each in stripe_server.books.charges.values() if since <= each["created"] < until]
    assert first.has_more
    assert len(every) == len(expected) > 100
    assert len({each.id for each in every}) == len(every)
    assert [each.created for each in every] == sorted((each.created for each in every), reverse=True)


def test_no_payment_falls_into_a_closure_and_the_same_seed_gives_the_same_weeks(
    stripe_server: "LoopbackStripe", clock: "StandingClock"
) -> None:
    from console.drill.stripe_api.books import Books

    closure = history.Closure(start=datetime(2025, 1, 9, 10, tzinfo=PARIS), end=clock())
    written = []
    for closures in ([], [closure], [closure]):
        books = Books(clock, stripe_server.books.methods, "eur")
        history.write(books, history.Trade(), PARIS, clock(), closures)
        written.append([(each["created"], each["amount"]) for each in books.charges.values()])
    open_all_day, closed, again = written
    assert closed == again
    assert [each for each in open_all_day if not closure.covers(datetime.fromtimestamp(each[0], PARIS))] == closed
    assert len(closed) < len(open_all_day)


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [("rate_limit", 429, "rate_limit"), ("lock_timeout", 429, "lock_timeout"), ("server_error", 500, None)],
)
async def test_trouble_on_demand_answers_as_stripe_does(
    stripe_server: "LoopbackStripe", trouble: str, status: int, code: str | None
) -> None:
    stripe_server.world.switches.trouble = trouble  # type: ignore[assignment]
    error = await _refusal(stripe_server, stripe_server.issue().secret)
    assert error.http_status == status
    assert error.error is not None
    assert getattr(error.error, "code", None) == code


@pytest.mark.parametrize("trouble", ["outage", "unreachable"])
async def test_an_outage_gives_no_json_or_no_answer(stripe_server: "LoopbackStripe", trouble: str) -> None:
    stripe_server.world.switches.trouble = trouble  # type: ignore[assignment]
    error = await _refusal(stripe_server, stripe_server.issue().secret)
    assert type(error).__name__ in {"APIError", "APIConnectionError"}


async def test_a_restricted_account_says_why_and_takes_no_charge(stripe_server: "LoopbackStripe") -> None:
    import stripe

    stripe_server.world.switches.disabled_reason = "rejected.other"
    async with _client(stripe_server, stripe_server.issue().secret) as client:
        account = await client.v1.accounts.retrieve_current_async()
        with pytest.raises(stripe.StripeError, match="cannot currently make live charges"):
            await client.v1.payment_intents.create_async(
                {"amount": 500, "currency": "eur", "payment_method": "pm_customer", "confirm": True}
            )
    assert account.charges_enabled is False
    assert account.requirements is not None
    assert account.requirements.disabled_reason == "rejected.other"


async def test_the_request_log_shows_what_was_asked_and_never_a_whole_key(stripe_server: "LoopbackStripe") -> None:
    key = stripe_server.issue()
    async with _client(stripe_server, key.secret) as client:
        await client.v1.charges.list_async({"limit": 3})
    (entry,) = stripe_server.world.log.entries()
    assert (entry.method, entry.path, entry.status) == ("GET", "/v1/charges?limit=3", 200)
    assert entry.detail["key"] == key.masked
    assert key.secret not in entry.model_dump_json()


async def test_answers_are_dated_by_the_worlds_clock(stripe_server: "LoopbackStripe") -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(stripe_server.base + "/v1/nothing")
    assert answer.status_code == 401
    assert answer.headers["Date"].startswith("Thu, 09 Jan 2025")


def test_a_keys_repr_does_not_show_it() -> None:
    key = ApiKey(make_secret(), "acct_1")
    assert key.secret not in repr(key)
