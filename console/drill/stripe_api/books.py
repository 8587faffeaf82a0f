"""The books of one Stripe account: its intents, charges, refunds and events, by mode."""

import random
import string
from collections.abc import Callable
from datetime import datetime
from typing import Any

from console.drill.stripe_api import refusals, shapes
from console.drill.stripe_api.keys import Mode
from console.drill.stripe_api.methods import PaymentMethods

Json = dict[str, Any]
Listener = Callable[[Json], None]


class Books:
    """What has happened on the account. Every object is told to the listeners as Stripe's event about it."""

    def __init__(self, now: Callable[[], datetime], methods: PaymentMethods, currency: str, seed: int = 0) -> None:
        self._now = now
        self._random = random.Random(seed)  # noqa: S311 (identifiers, not secrets)
        self.methods = methods
        self.currency = currency
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.events: dict[str, Json] = {}
        self.endpoints: dict[str, Json] = {}
        self.listeners: list[Listener] = []

    def identifier(self, prefix: str) -> str:
        """A new identifier, such as `pi_3Q…`."""
        alphabet = string.ascii_letters + string.digits
        return f"{prefix}_3Q" + "".join(self._random.choice(alphabet) for _ in range(22))

    def timestamp(self) -> int:
        """The world's instant in Unix seconds."""
        return int(self._now().timestamp())

    def create(self, mode: Mode, amount: int, currency: str, *, manual: bool = False, **fields: Any) -> Json:
        """A new intent."""
        new = shapes.intent(self.identifier("pi"), mode, self.timestamp(), amount, currency, manual=manual)
        new.update({**fields, "client_secret": f"{new['id']}_secret_{self.identifier('x')[4:]}"})
        self.intents[new["id"]] = new
        return new

    def find(self, identifier: str, mode: Mode) -> Json:
        """The intent, if it belongs to this mode."""
        found = self.intents.get(identifier)
        if found is None:
            raise refusals.missing("payment_intent", identifier, "intent")
        if found["livemode"] != (mode == "live"):
            raise refusals.missing("payment_intent", identifier, "intent", "live" if found["livemode"] else "test")
        return found

    def confirm(self, intent: Json, method: str) -> Json:
        """Charge the intent; raises Stripe's 402 where the bank declines."""
        mode: Mode = "live" if intent["livemode"] else "test"
        if intent["status"] not in {"requires_payment_method", "requires_confirmation"}:
            raise _wrong_state(intent, "confirm")
        decline = self.methods.decline_code(method, mode)
        intent["payment_method"] = method
        charge = shapes.charge(self.identifier("ch"), intent, self.timestamp(), decline)
        self.charges[charge["id"]] = charge
        intent["latest_charge"] = charge["id"]
        if decline:
            return self._declined(intent, charge, decline)
        self._settled(intent, captured=charge["captured"])
        self.tell("charge.succeeded", charge)
        return intent

    def cancel(self, intent: Json) -> Json:
        """Give an authorised or unconfirmed intent up; nothing is paid."""
        if intent["status"] in {"succeeded", "canceled"}:
            raise _wrong_state(intent, "cancel")
        intent.update(status="canceled", canceled_at=self.timestamp(), amount_capturable=0)
        if charge := self.charges.get(intent["latest_charge"] or ""):
            charge.update(refunded=True, amount_refunded=charge["amount"])
        self.tell("payment_intent.canceled", intent)
        return intent

    def repay(self, charge: Json, amount: int | None) -> Json:
        """Refund a charge, wholly or in part."""
        left = charge["amount_captured"] - charge["amount_refunded"]
        wanted = left if amount is None else amount
        if not 0 < wanted <= left:
            message = f"Charge {charge['id']} has already been refunded." if not left else "Refund amount is too big."
            raise refusals.parameter(message, "amount", "charge_already_refunded" if not left else "")
        refund = shapes.refund(self.identifier("re"), charge, self.timestamp(), wanted)
        self.refunds[refund["id"]] = refund
        charge["amount_refunded"] += wanted
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self.tell("charge.refunded", charge)
        return refund

    def tell(self, kind: str, about: Json) -> None:
        """Write the event down and pass it on to whoever delivers webhooks."""
        waiting = sum(1 for each in self.endpoints.values() if each["status"] == "enabled")
        new = shapes.event(self.identifier("evt"), kind, self.timestamp(), dict(about), waiting)
        self.events[new["id"]] = new
        for listener in self.listeners:
            listener(new)

    def _settled(self, intent: Json, *, captured: bool) -> None:
        if captured:
            intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
            self.tell("payment_intent.succeeded", intent)
        else:
            intent.update(status="requires_capture", amount_capturable=intent["amount"], last_payment_error=None)
            self.tell("payment_intent.amount_capturable_updated", intent)

    def _declined(self, intent: Json, charge: Json, decline: str) -> Json:
        intent["status"] = "requires_payment_method"
        refusal = refusals.card_declined(decline, dict(intent), charge["id"])
        intent["last_payment_error"] = {"code": "card_declined", "decline_code": decline, "type": "card_error"}
        self.tell("payment_intent.payment_failed", intent)
        raise refusal


def _wrong_state(intent: Json, verb: str) -> refusals.Refused:
    return refusals.Refused(
        400,
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        fields={"payment_intent": dict(intent)},
    )
