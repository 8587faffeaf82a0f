"""The Stripe that a scenario asks for: the client's account with its past, a stranger's, and the keys."""

from dataclasses import dataclass, field
from typing import Literal

from console.drill.request_log import Clock
from console.drill.scenario import PodKey, Scenario
from console.drill.stripe_api import history
from console.drill.stripe_api.books import Books
from console.drill.stripe_api.keys import ApiKey, KeyRing, make_secret
from console.drill.stripe_api.methods import PaymentMethods
from console.drill.stripe_api.routes import Profile
from console.drill.stripe_api.server import StripeWorld
from console.drill.stripe_api.shapes import SINCE, webhook_endpoint
from console.drill.stripe_api.webhooks import make_signing_secret

STRANGER = "acct_1QDrillStranger"
CONTROL_CARD = "pm_1QDrillControlCard"
GOOD_CARDS = tuple(f"pm_1QDrillCustomer{number:02d}" for number in range(12))
POOR_CARDS = {"pm_1QDrillDeclined01": "insufficient_funds", "pm_1QDrillDeclined02": "generic_decline"}

OperatorKey = Literal["new", "expired", "other-account", "test-mode", "restricted", "garbage"]


@dataclass(frozen=True)
class DrillKeys:
    """The drill's keys, made at run time. `current` is what the pods hold; the operator's lie ready by name."""

    current: str = field(repr=False)
    operator: dict[OperatorKey, str] = field(repr=False)
    webhook: str = field(repr=False)
    """What Stripe signs its webhooks with."""
    pods_webhook: str = field(repr=False)
    """What the pods believe it to be."""


def make_keys(scenario: Scenario, ring: KeyRing) -> DrillKeys:
    """Issue the keys to the ring. The right new key is active from the start; the wrong ones are wrong for good."""
    account = scenario.stripe.account
    readable = frozenset({"rak_balance_read", "rak_charge_read"})
    operator: dict[OperatorKey, ApiKey] = {
        "new": ApiKey(make_secret(), account),
        "expired": ApiKey(make_secret(), account, state="expired"),
        "other-account": ApiKey(make_secret(), STRANGER),
        "test-mode": ApiKey(make_secret("test"), account, "test"),
        "restricted": ApiKey(make_secret(kind="rk"), account, permissions=readable),
    }
    for key in operator.values():
        ring.add(key)
    secrets: dict[OperatorKey, str] = {kind: key.secret for kind, key in operator.items()}
    signing = make_signing_secret()
    return DrillKeys(
        current=_pods_key(scenario, ring),
        operator={**secrets, "garbage": "ceci-n-est-pas-une-clef"},
        webhook=signing,
        pods_webhook=make_signing_secret() if scenario.stripe.stale_webhook_secret else signing,
    )


def _pods_key(scenario: Scenario, ring: KeyRing) -> str:
    kind: PodKey = scenario.stripe.pods_key
    if kind == "none":
        return ""
    if kind == "unknown":
        return make_secret()
    account, permissions = scenario.stripe.account, scenario.stripe.permissions
    if kind == "test":
        key = ApiKey(make_secret("test"), account, "test")
    elif kind == "restricted":
        key = ApiKey(make_secret(kind="rk"), account, permissions=frozenset(permissions))
    else:
        key = ApiKey(make_secret(), account, state=kind)
    ring.add(key)
    return key.secret


def open_accounts(scenario: Scenario, now: Clock, ring: KeyRing) -> StripeWorld:
    """The accounts with the client's earlier weeks entered; nothing was paid during the outage."""
    methods = {CONTROL_CARD: "", **dict.fromkeys(GOOD_CARDS, ""), **POOR_CARDS}
    books = Books(now, PaymentMethods(methods), "eur", scenario.seed)
    closures = []
    if scenario.outage_since is not None and not scenario.shop.declined_cards:
        closures.append(history.Closure(start=scenario.outage_since, end=scenario.starts_at))
    history.write(books, scenario.stripe.trade, scenario.zone, scenario.start, closures)
    accounts = {
        scenario.stripe.account: (Profile(scenario.stripe.account, scenario.stripe.name), books),
        STRANGER: (Profile(STRANGER, "Autre Boutique SARL"), Books(now, PaymentMethods(), "eur", scenario.seed + 1)),
    }
    return StripeWorld(now, accounts, ring, scenario.stripe.switches.model_copy())


def subscribe(books: Books, url: str) -> None:
    """Register the shop's webhook endpoint."""
    endpoint = webhook_endpoint(books.identifier("we"), url, SINCE, "enabled")
    books.endpoints[endpoint["id"]] = endpoint


def cards(scenario: Scenario) -> tuple[str, ...]:
    """The cards that today's customers pay with."""
    return (*POOR_CARDS, *GOOD_CARDS[:2]) if scenario.shop.declined_cards else GOOD_CARDS
