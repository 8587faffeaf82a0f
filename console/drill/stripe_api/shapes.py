"""Stripe's JSON objects, with the fields that its API sends (version 2024-12-18.acacia)."""

from typing import Any, Literal

from console.drill.stripe_api import refusals
from console.drill.stripe_api.keys import Mode

Json = dict[str, Any]
VERSION = "2024-12-18.acacia"
SINCE = 1_546_300_800
"""All accounts were opened on 1 January 2019."""


def account(*, identifier: str, name: str, country: str, currency: str, disabled_reason: str) -> Json:
    """An account; with a `disabled_reason` it can neither take charges nor be paid out."""
    enabled = not disabled_reason
    due = [] if enabled else ["company.verification.document"]
    return {
        "id": identifier,
        "object": "account",
        "business_profile": {"name": name, "support_email": None, "url": None},
        "business_type": "company",
        "capabilities": {"card_payments": "active" if enabled else "inactive"},
        "charges_enabled": enabled,
        "country": country,
        "created": SINCE,
        "default_currency": currency,
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": enabled,
        "requirements": {
            "alternatives": [],
            "current_deadline": None,
            "currently_due": due,
            "disabled_reason": disabled_reason or None,
            "errors": [],
            "eventually_due": due,
            "past_due": due,
            "pending_verification": [],
        },
        "settings": {"dashboard": {"display_name": name, "timezone": "Europe/Paris"}},
        "type": "standard",
    }


def balance(mode: Mode, currency: str, available: int, pending: int) -> Json:
    """What is to be paid out; amounts in minor units."""

    def funds(amount: int) -> list[Json]:
        return [{"amount": amount, "currency": currency, "source_types": {"card": amount}}]

    return {
        "object": "balance",
        "available": funds(available),
        "livemode": mode == "live",
        "pending": funds(pending),
    }


def intent(identifier: str, mode: Mode, created: int, amount: int, currency: str, *, manual: bool = False) -> Json:
    """A payment intent that still waits for its payment method."""
    return {
        "id": identifier,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "manual" if manual else "automatic",
        "client_secret": None,
        "confirmation_method": "automatic",
        "created": created,
        "currency": currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": mode == "live",
        "metadata": {},
        "payment_method": None,
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def charge(identifier: str, of_intent: Json, created: int, decline_code: str = "") -> Json:
    """The charge of a confirmed intent; declined where there is a `decline_code`."""
    paid = not decline_code
    captured = paid and of_intent["capture_method"] != "manual"
    return {
        "id": identifier,
        "object": "charge",
        "amount": of_intent["amount"],
        "amount_captured": of_intent["amount"] if captured else 0,
        "amount_refunded": 0,
        "captured": captured,
        "created": created,
        "currency": of_intent["currency"],
        "customer": of_intent["customer"],
        "description": of_intent["description"],
        "disputed": False,
        "failure_code": None if paid else "card_declined",
        "failure_message": None if paid else "Your card was declined.",
        "livemode": of_intent["livemode"],
        "metadata": of_intent["metadata"],
        "outcome": _outcome(decline_code),
        "paid": paid,
        "payment_intent": of_intent["id"],
        "payment_method": of_intent["payment_method"],
        "refunded": False,
        "status": "succeeded" if paid else "failed",
    }


def _outcome(decline_code: str) -> Json:
    if decline_code:
        return {"network_status": "declined_by_network", "reason": decline_code, "type": "issuer_declined"}
    return {"network_status": "approved_by_network", "reason": None, "type": "authorized"}


def refund(identifier: str, of_charge: Json, created: int, amount: int) -> Json:
    """A refund that has gone through."""
    return {
        "id": identifier,
        "object": "refund",
        "amount": amount,
        "charge": of_charge["id"],
        "created": created,
        "currency": of_charge["currency"],
        "metadata": {},
        "payment_intent": of_charge["payment_intent"],
        "reason": None,
        "status": "succeeded",
    }


def event(identifier: str, kind: str, created: int, of: Json, undelivered: int) -> Json:
    """An event; `undelivered` counts the webhook endpoints that have not yet accepted it."""
    return {
        "id": identifier,
        "object": "event",
        "api_version": VERSION,
        "created": created,
        "data": {"object": of},
        "livemode": of.get("livemode", True),
        "pending_webhooks": undelivered,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def webhook_endpoint(identifier: str, url: str, created: int, status: Literal["enabled", "disabled"]) -> Json:
    """A webhook endpoint; the signing secret is shown at creation only, so never here."""
    return {
        "id": identifier,
        "object": "webhook_endpoint",
        "api_version": VERSION,
        "application": None,
        "created": created,
        "description": None,
        "enabled_events": ["payment_intent.succeeded", "payment_intent.payment_failed", "charge.refunded"],
        "livemode": True,
        "metadata": {},
        "status": status,
        "url": url,
    }


def require_amount(amount: int | None) -> int:
    """A valid amount; raises Stripe's 400 below its minimum of 0.50."""
    if amount is None:
        raise refusals.missing_parameter("amount")
    if amount < 50:
        raise refusals.parameter("Amount must be at least €0.50 eur", "amount", "amount_too_small")
    return amount
