"""Stripe's endpoints: which permission each asks of a restricted key, and what it does on the books."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from console.drill.stripe_api import refusals, shapes
from console.drill.stripe_api.books import Books
from console.drill.stripe_api.forms import flag, integer
from console.drill.stripe_api.keys import ApiKey
from console.drill.stripe_api.listing import page
from console.drill.stripe_api.switches import StripeSwitches

Json = dict[str, Any]


@dataclass(frozen=True)
class Profile:
    """Who the account is."""

    identifier: str
    name: str
    country: str = "FR"


@dataclass(frozen=True)
class Call:
    """One authenticated request: whose key, which path arguments, which parameters."""

    key: ApiKey
    books: Books
    profile: Profile
    switches: StripeSwitches
    args: dict[str, str]
    params: Json

    @property
    def live(self) -> bool:
        """Whether the key is of live mode."""
        return self.key.mode == "live"

    def of_mode(self, objects: dict[str, Json]) -> list[Json]:
        """The objects that this key may see."""
        return [each for each in objects.values() if each["livemode"] == self.live]


Endpoint = Callable[[Call], Json]
Handler = Callable[[Call], Awaitable[Json]]


def account(call: Call) -> Json:
    """GET /v1/account."""
    return shapes.account(
        identifier=call.profile.identifier,
        name=call.profile.name,
        country=call.profile.country,
        currency=call.books.currency,
        disabled_reason=call.switches.disabled_reason,
    )


def balance(call: Call) -> Json:
    """GET /v1/balance."""
    paid = [each for each in call.of_mode(call.books.charges) if each["captured"]]
    paid.sort(key=lambda each: each["created"])
    fresh = [each for each in paid if each["created"] > call.books.timestamp() - 3 * 86_400]
    pending = sum(each["amount_captured"] - each["amount_refunded"] for each in fresh)
    return shapes.balance(call.key.mode, call.books.currency, 0, pending)


def create_intent(call: Call) -> Json:
    """POST /v1/payment_intents, with `confirm` where asked."""
    amount = shapes.require_amount(integer(call.params, "amount"))
    currency = call.params.get("currency")
    if not currency:
        raise refusals.missing_parameter("currency")
    method = call.params.get("payment_method")
    confirming = flag(call.params, "confirm")
    if method:
        call.books.methods.decline_code(method, call.key.mode)
    if call.live and call.switches.disabled_reason:
        raise refusals.charges_disabled()
    intent = call.books.create(
        call.key.mode,
        amount,
        str(currency).lower(),
        manual=call.params.get("capture_method") == "manual",
        payment_method=method,
        status="requires_confirmation" if method else "requires_payment_method",
        metadata=call.params.get("metadata") or {},
        description=call.params.get("description"),
    )
    return call.books.confirm(intent, _method(call, intent)) if confirming else intent


def confirm_intent(call: Call) -> Json:
    """POST /v1/payment_intents/{id}/confirm."""
    intent = call.books.find(call.args["id"], call.key.mode)
    if call.live and call.switches.disabled_reason:
        raise refusals.charges_disabled()
    return call.books.confirm(intent, _method(call, intent))


def _method(call: Call, intent: Json) -> str:
    method = call.params.get("payment_method") or intent["payment_method"]
    if not method:
        raise refusals.parameter(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_method",
            "payment_intent_unexpected_state",
        )
    return str(method)


def cancel_intent(call: Call) -> Json:
    """POST /v1/payment_intents/{id}/cancel."""
    return call.books.cancel(call.books.find(call.args["id"], call.key.mode))


def intent(call: Call) -> Json:
    """GET /v1/payment_intents/{id}."""
    return call.books.find(call.args["id"], call.key.mode)


def intents(call: Call) -> Json:
    """GET /v1/payment_intents."""
    return page("/v1/payment_intents", call.of_mode(call.books.intents), call.params)


def charges(call: Call) -> Json:
    """GET /v1/charges, of one `payment_intent` where asked."""
    wanted = call.params.get("payment_intent")
    found = [each for each in call.of_mode(call.books.charges) if not wanted or each["payment_intent"] == wanted]
    return page("/v1/charges", found, call.params)


def charge(call: Call) -> Json:
    """GET /v1/charges/{id}."""
    return _known(call, call.books.charges, "charge")


def create_refund(call: Call) -> Json:
    """POST /v1/refunds, of a `charge` or a `payment_intent`."""
    identifier = call.params.get("charge")
    if target := call.params.get("payment_intent"):
        identifier = call.books.find(target, call.key.mode)["latest_charge"]
    if identifier not in call.books.charges:
        raise refusals.missing("charge", str(identifier), "charge")
    return call.books.repay(call.books.charges[identifier], integer(call.params, "amount"))


def events(call: Call) -> Json:
    """GET /v1/events, by `type` and `delivery_success` where asked."""
    found = call.of_mode(call.books.events)
    if kind := call.params.get("type"):
        found = [each for each in found if each["type"] == kind]
    if "delivery_success" in call.params:
        delivered = flag(call.params, "delivery_success")
        found = [each for each in found if (each["pending_webhooks"] == 0) == delivered]
    return page("/v1/events", found, call.params)


def endpoints(call: Call) -> Json:
    """GET /v1/webhook_endpoints."""
    return page("/v1/webhook_endpoints", call.of_mode(call.books.endpoints), call.params)


def endpoint(call: Call) -> Json:
    """GET /v1/webhook_endpoints/{id}."""
    return _known(call, call.books.endpoints, "webhook endpoint")


def _known(call: Call, objects: dict[str, Json], noun: str) -> Json:
    found = objects.get(call.args["id"])
    if found is None or found["livemode"] != call.live:
        raise refusals.missing(noun, call.args["id"], "id")
    return found


ROUTES: tuple[tuple[str, str, str, Endpoint], ...] = (
    ("GET", "/v1/account", "rak_accounts_kyc_basic_read", account),
    ("GET", "/v1/balance", "rak_balance_read", balance),
    ("POST", "/v1/payment_intents", "rak_payment_intent_write", create_intent),
    ("GET", "/v1/payment_intents", "rak_payment_intent_read", intents),
    ("GET", "/v1/payment_intents/{id}", "rak_payment_intent_read", intent),
    ("POST", "/v1/payment_intents/{id}/confirm", "rak_payment_intent_write", confirm_intent),
    ("POST", "/v1/payment_intents/{id}/cancel", "rak_payment_intent_write", cancel_intent),
    ("GET", "/v1/charges", "rak_charge_read", charges),
    ("GET", "/v1/charges/{id}", "rak_charge_read", charge),
    ("POST", "/v1/refunds", "rak_refund_write", create_refund),
    ("GET", "/v1/events", "rak_event_read", events),
    ("GET", "/v1/webhook_endpoints", "rak_webhook_read", endpoints),
    ("GET", "/v1/webhook_endpoints/{id}", "rak_webhook_read", endpoint),
)
"""Method, path, the restricted key's permission, and what answers."""
