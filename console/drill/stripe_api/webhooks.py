"""Webhook deliveries: each event is posted to every enabled endpoint, signed as Stripe signs.

https://docs.stripe.com/webhooks#verify-manually: HMAC-SHA256 over `timestamp.payload` under the endpoint's secret.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
from typing import Any

import aiohttp

from console.drill.request_log import RequestLog
from console.drill.stripe_api.books import Books

Json = dict[str, Any]
SECONDS = 10


def make_signing_secret() -> str:
    """An endpoint's secret, made anew at each call."""
    return "whsec_" + secrets.token_urlsafe(24)


def signature(secret: str, timestamp: int, payload: bytes) -> str:
    """The `Stripe-Signature` header of a payload."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def is_signed(secret: str, header: str, payload: bytes) -> bool:
    """Whether a `Stripe-Signature` header was made for this payload with this secret."""
    fields = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    if not fields.get("t", "").isdigit():
        return False
    expected = signature(secret, int(fields["t"]), payload)
    return hmac.compare_digest(expected.encode(), f"t={fields['t']},v1={fields.get('v1', '')}".encode())


class Deliveries:
    """Posts an account's events, one after the other; an endpoint that fails keeps the event waiting."""

    def __init__(self, books: Books, secret: str, log: RequestLog) -> None:
        self._books = books
        self._secret = secret
        self._log = log
        self._waiting: asyncio.Queue[Json] = asyncio.Queue()
        books.listeners.append(self._waiting.put_nowait)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
            while True:
                event = await self._waiting.get()
                for endpoint in self._books.endpoints.values():
                    if endpoint["status"] == "enabled":
                        await self._post(session, endpoint["url"], event)

    async def _post(self, session: aiohttp.ClientSession, url: str, event: Json) -> None:
        payload = json.dumps(event).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(self._secret, self._books.timestamp(), payload),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            async with session.post(url, data=payload, headers=headers) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            status = 0
        if 200 <= status < 300:
            event["pending_webhooks"] -= 1
        self._log.add("WEBHOOK", url, status, event=event["id"], type=event["type"])
