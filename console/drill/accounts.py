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
from console.drill.stripe_api.shapes import webhook_endpoint

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
    return DrillKeys(_pods_key(scenario, ring), {**secrets, "garbage": "ceci-n-est-pas-une-clef"})


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
    cards = {CONTROL_CARD: "", **dict.fromkeys(GOOD_CARDS, ""), **POOR_CARDS}
    books = Books(now, PaymentMethods(cards), "eur", scenario.seed)
    closures = []
    if scenario.outage_since is not None:
        closures.append(history.Closure(start=scenario.outage_since, end=scenario.starts_at))
    history.write(books, scenario.stripe.trade, scenario.zone, scenario.start, closures)
    endpoint = webhook_endpoint(
        "we_1QDrill", f"https://{scenario.client.domains[0]}/webhooks/stripe", 1_700_000_000, "enabled"
    )
    books.endpoints[endpoint["id"]] = endpoint
    accounts = {
        scenario.stripe.account: (Profile(scenario.stripe.account, scenario.stripe.name), books),
        STRANGER: (Profile(STRANGER, "Autre Boutique SARL"), Books(now, PaymentMethods(), "eur", scenario.seed + 1)),
    }
    return StripeWorld(now, accounts, ring, scenario.stripe.switches.model_copy())
