"""What Stripe says when it refuses: statuses, codes and wordings as its API prints them."""

from dataclasses import dataclass, field
from typing import Any

DOCS = "https://stripe.com/docs/error-codes/"


@dataclass
class Refused(Exception):
    """An error answer. `kind` is Stripe's `type`; extra `fields` stand beside it in the error object."""

    status: int
    message: str
    kind: str = "invalid_request_error"
    code: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON document that Stripe sends."""
        coded = {"code": self.code, "doc_url": DOCS + self.code.replace("_", "-")} if self.code else {}
        return {"error": {**coded, "message": self.message, "type": self.kind, **self.fields}}


def _unauthorized(message: str, code: str = "") -> Refused:
    return Refused(401, message, code=code, headers={"WWW-Authenticate": 'Basic realm="Stripe"'})


def no_key() -> Refused:
    """No Authorization header."""
    return _unauthorized(
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer "
        "auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for "
        "details, or we can help at https://support.stripe.com/.",
    )


def expired_key(masked: str) -> Refused:
    """The type is invalid_request_error: only status and code tell."""
    return _unauthorized(f"Expired API Key provided: {masked}", "api_key_expired")


def invalid_key(masked: str) -> Refused:
    """Stripe gives no code here."""
    return _unauthorized(f"Invalid API Key provided: {masked}")


def not_permitted(masked: str, account: str, permission: str) -> Refused:
    """A restricted key without the permission."""
    return Refused(
        403,
        f"The provided key '{masked}' does not have the required permissions for this endpoint on account "
        f"'{account}'. Having the '{permission}' permission would allow this request to continue.",
        code="more_permissions_required",
    )


def missing(noun: str, identifier: str, param: str, other_mode: str = "") -> Refused:
    """No such object; `other_mode` ("live" or "test") where it exists on the other side."""
    this_mode = {"live": "test", "test": "live"}.get(other_mode, "")
    hint = f"; a similar object exists in {other_mode} mode, but a {this_mode} mode key was used to make this request."
    message = f"No such {noun}: '{identifier}'{hint if other_mode else ''}"
    return Refused(404 if param == "intent" else 400, message, code="resource_missing", fields={"param": param})


def no_route(method: str, path: str) -> Refused:
    """An unknown path."""
    return Refused(
        404,
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/.",
    )


def parameter(message: str, param: str, code: str = "") -> Refused:
    """A parameter that is missing or malformed."""
    return Refused(400, message, code=code, fields={"param": param})


def missing_parameter(param: str) -> Refused:
    """A required parameter was left out."""
    return parameter(f"Missing required param: {param}.", param, "parameter_missing")


def idempotency_mismatch(key: str) -> Refused:
    """The same key came with other parameters."""
    return Refused(
        400,
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using "
        f"a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


def idempotency_busy(key: str) -> Refused:
    """The first request under this key is still running."""
    return Refused(
        409,
        f"There is currently another in-progress request using this Idempotent Key ({key}). Please try again later.",
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )


def rate_limited() -> Refused:
    """Too many requests."""
    return Refused(
        429,
        "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": "global-rate"},
    )


def lock_timeout() -> Refused:
    """Another request holds the object."""
    return Refused(
        429,
        "This object cannot be accessed right now because another API request or Stripe process is currently "
        "accessing it. If you see this error intermittently, retry the request. If you see this error frequently and "
        "are making multiple concurrent requests to a single object, make your requests serially or at a lower rate. "
        "For more details, see https://stripe.com/docs/rate-limits#object-lock-timeouts.",
        code="lock_timeout",
    )


def server_error() -> Refused:
    """Stripe's own fault."""
    return Refused(500, "An unknown error occurred", kind="api_error")


def charges_disabled() -> Refused:
    """The account may not take payments."""
    return Refused(
        403,
        "Your account cannot currently make live charges. The `requirements.disabled_reason` property on the account "
        "will provide information about why this account is currently disabled. If you are a customer trying to make "
        "a purchase, please contact the owner of this site. Your transaction has not been processed.",
        code="account_invalid",
    )


def card_declined(decline_code: str, intent: dict[str, Any], charge: str) -> Refused:
    """The bank said no: an ordinary 402 that says nothing about the shop."""
    return Refused(
        402,
        "Your card was declined.",
        kind="card_error",
        code="card_declined",
        fields={"charge": charge, "decline_code": decline_code, "payment_intent": intent},
    )
