"""The log lines of the payment service: JSON as pino writes it, one object a line."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from console.drill.shop.answers import StripeAnswer

Json = dict[str, Any]
INFO, WARN, ERROR = 30, 40, 50

STRIPE_ERRORS = {
    400: "StripeInvalidRequestError",
    401: "StripeAuthenticationError",
    402: "StripeCardError",
    403: "StripePermissionError",
    404: "StripeInvalidRequestError",
    429: "StripeRateLimitError",
}
"""stripe-node's class of error, by status; everything else is a StripeAPIError."""

UNREACHABLE = "An error occurred with our connection to Stripe."
UNSIGNED = (
    "No signatures found matching the expected signature for payload. "
    "Are you passing the raw request body you received from Stripe?"
)
FRAME = "    at StripeResource.RequestSender (/app/node_modules/stripe/cjs/RequestSender.js:96:31)"


def line(level: int, at: datetime, pod: str, message: str, **fields: Any) -> str:
    """One pino record."""
    stamp = int(at.timestamp() * 1000)
    record = {"level": level, "time": stamp, "pid": 1, "hostname": pod, **fields, "msg": message}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def request_completed(at: datetime, pod: str, method: str, url: str, *, status: int, milliseconds: int) -> str:
    """The access line of one request."""
    level = ERROR if status >= 500 else INFO
    message = "request errored" if status >= 500 else "request completed"
    request = {"method": method, "url": url}
    return line(level, at, pod, message, req=request, res={"statusCode": status}, responseTime=milliseconds)


def payment_succeeded(at: datetime, pod: str, order: str, intent: Mapping[str, Any]) -> str:
    """A payment went through."""
    return line(INFO, at, pod, "payment succeeded", orderId=order, paymentIntent=intent["id"], amount=intent["amount"])


def payment_failed(at: datetime, pod: str, order: str, answer: StripeAnswer) -> str:
    """Stripe refused a payment, or could not be reached."""
    error = answer.error
    if answer.status == 402:
        code, decline = error.get("code"), error.get("decline_code")
        return line(WARN, at, pod, "card declined", orderId=order, code=code, declineCode=decline)
    kind = STRIPE_ERRORS.get(answer.status, "StripeAPIError") if answer.status else "StripeConnectionError"
    message = error.get("message", UNREACHABLE)
    described: Json = {"type": kind, "message": message, "stack": f"Error: {message}\n{FRAME}"}
    if answer.status:
        described |= {"rawType": error.get("type"), "statusCode": answer.status, "requestId": answer.request_id}
    if error.get("code"):
        described["code"] = error["code"]
    return line(ERROR, at, pod, "payment intent creation failed", err=described, orderId=order)


def unconfigured(at: datetime, pod: str, variable: str) -> str:
    """The service was started without its key."""
    error = {"type": "ConfigError", "message": f"Missing required environment variable {variable}"}
    return line(ERROR, at, pod, "payment intent creation failed", err=error)


def webhook_taken(at: datetime, pod: str, event: Mapping[str, Any]) -> str:
    """A webhook was understood."""
    return line(INFO, at, pod, "webhook processed", event=event.get("id"), type=event.get("type"))


def webhook_refused(at: datetime, pod: str) -> str:
    """A webhook's signature does not fit the secret that the service was started with."""
    error = {"type": "StripeSignatureVerificationError", "message": UNSIGNED, "stack": f"Error: {UNSIGNED}\n{FRAME}"}
    return line(ERROR, at, pod, "webhook rejected", err=error)
