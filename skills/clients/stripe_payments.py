"""The live Stripe client: the Protocol of `skills.clients.payments` over the official library.

Stripe tells an expired key as HTTP 401 with `code: api_key_expired` and a misleading `type`, so status
and code are read, never the type (https://docs.stripe.com/api/errors). The library's own `code` is None
on 401, 403, 429 and 5xx: the error object has it.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from skills.clients.payments import Charge, KeyProbe
from skills.contract import Unavailable
from store.safe_text import redact

if TYPE_CHECKING:
    from stripe import HTTPXClient, StripeClient, StripeError

_TIMEOUT_SECONDS = 8.0
_RETRIES = 1
_PERMISSION = re.compile(r"'(rak_\w+)' permission")
_WRITE = "rak_payment_intent_write"
_READ = "rak_payment_intent_read"

Ask = Callable[["StripeClient"], Awaitable[Any]]


class StripePayments:
    """Asks Stripe with the key of each call; the key is revealed only in the request."""

    def __init__(self, seconds: float = _TIMEOUT_SECONDS, retries: int = _RETRIES) -> None:
        self._seconds, self._retries = seconds, retries
        self._transport: HTTPXClient | None = None
        self._loading = asyncio.Lock()

    async def probe(self, key: SecretStr, base_address: str) -> KeyProbe:
        """Try a key: its account, its balance, and what taking payments needs."""
        if not _sendable(key):
            return KeyProbe(status=401, message="the key has characters that can't be sent")
        client = await self._client(key, base_address)
        try:
            account = await _answer(client, _account)
            if account.status not in (200, 403):
                return account
            others = await asyncio.gather(*(_answer(client, ask) for ask in _questions(key)))
        except _connection_error() as error:
            raise _no_answer(base_address, error) from error
        return _verdict(account, others, live_by_prefix="_live_" in key.get_secret_value())

    async def charges(self, key: SecretStr, base_address: str, start: datetime, end: datetime) -> Sequence[Charge]:
        """Return the charges created in `[start, end)`."""
        client = await self._client(key, base_address)
        first, end_before = int(start.timestamp()), int(end.timestamp())
        try:
            page = await client.v1.charges.list_async({"created": {"gte": first, "lt": end_before}, "limit": 100})
            return [_charge(item) async for item in page.auto_paging_iter()]
        except _stripe_error() as error:
            raise _no_answer(base_address, error) from error

    async def failing_webhooks(self, key: SecretStr, base_address: str) -> Sequence[str]:
        """Return the URLs of the webhook endpoints that are disabled."""
        client = await self._client(key, base_address)
        try:
            page = await client.v1.webhook_endpoints.list_async({"limit": 100})
            return [str(item.url) async for item in page.auto_paging_iter() if item.status != "enabled"]
        except _stripe_error() as error:
            raise _no_answer(base_address, error) from error

    async def close(self) -> None:
        """Close the connections."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.close_async()  # type: ignore[no-untyped-call]

    async def _client(self, key: SecretStr, base_address: str) -> "StripeClient":
        async with self._loading:
            if self._transport is None:
                self._transport = await asyncio.to_thread(_load, self._seconds)
        from stripe import StripeClient

        return StripeClient(
            key.get_secret_value(),
            base_addresses={"api": base_address.rstrip("/")},
            max_network_retries=self._retries,
            http_client=self._transport,
        )


def _load(seconds: float) -> "HTTPXClient":
    """Import the library, which takes most of a second, and read the certificates; in a thread."""
    from stripe import HTTPXClient

    return HTTPXClient(timeout=seconds)


def _stripe_error() -> "type[StripeError]":
    from stripe import StripeError

    return StripeError


def _connection_error() -> "type[StripeError]":
    from stripe import APIConnectionError

    return APIConnectionError


def _sendable(key: SecretStr) -> bool:
    value = key.get_secret_value()
    return bool(value) and value.isascii() and value.isprintable()


async def _account(client: "StripeClient") -> Any:
    return await client.v1.accounts.retrieve_current_async()


async def _balance(client: "StripeClient") -> Any:
    return await client.v1.balance.retrieve_async()


async def _intents(client: "StripeClient") -> Any:
    return await client.v1.payment_intents.list_async({"limit": 1})


async def _write(client: "StripeClient") -> Any:
    """Ask for a payment without an amount: Stripe never makes one, but says first whether the key might."""
    return await client.raw_request_async("post", "/v1/payment_intents")


def _questions(key: SecretStr) -> tuple[Ask, ...]:
    """Return what is asked beyond the account; only a restricted key may lack a permission to write."""
    restricted = key.get_secret_value().startswith("rk_")
    return (_balance, _intents, _write) if restricted else (_balance, _intents)


async def _answer(client: "StripeClient", ask: Ask) -> KeyProbe:
    """Ask once and return what Stripe says as a probe of its own.

    Raises:
        stripe.APIConnectionError: no answer.
        Unavailable: an answer that is none of Stripe's.
    """
    try:
        found = await ask(client)
    except _connection_error():
        raise
    except _stripe_error() as error:
        status = error.http_status or 0
        if status < 400:
            raise Unavailable("Something else answers in Stripe's place", redact(str(error.user_message))) from error
        code = (error.error.code if error.error else None) or ""
        if ask is _write and status == 400:
            return KeyProbe(status=200)
        message = redact(str(error.user_message or ""))
        missing = tuple(_PERMISSION.findall(message)) if status == 403 else ()
        if status == 403 and not missing and code == "more_permissions_required":
            missing = (_WRITE if ask is _write else _READ,)
        return KeyProbe(status, code, message, error.request_id or "", missing=missing)
    return _positive(found, ask)


def _positive(found: Any, ask: Ask) -> KeyProbe:
    if ask is _balance:
        return KeyProbe(status=200, livemode=bool(found.livemode))
    if ask is not _account:
        return KeyProbe(status=200)
    requirements = getattr(found, "requirements", None)
    return KeyProbe(
        status=200,
        account=str(found.id),
        charges_enabled=getattr(found, "charges_enabled", None),
        disabled_reason=str(getattr(requirements, "disabled_reason", None) or ""),
    )


def _verdict(account: KeyProbe, others: Sequence[KeyProbe], *, live_by_prefix: bool) -> KeyProbe:
    """Put the answers together; a key that lacks what payments need is refused with 403."""
    balance, *needed = others
    trouble = next((probe for probe in others if probe.status not in (200, 403)), None)
    if trouble is not None:
        return trouble
    refused = [probe for probe in needed if probe.status == 403]
    first = refused[0] if refused else KeyProbe(status=200)
    return KeyProbe(
        status=first.status,
        code=first.code,
        message=first.message,
        request_id=first.request_id,
        account=account.account,
        livemode=live_by_prefix if balance.livemode is None else balance.livemode,
        charges_enabled=account.charges_enabled,
        missing=tuple(name for probe in refused for name in probe.missing),
        disabled_reason=account.disabled_reason,
    )


def _charge(item: Any) -> Charge:
    created = datetime.fromtimestamp(item.created, UTC)
    return Charge(amount=item.amount, currency=item.currency, created=created, paid=bool(item.paid))


def _no_answer(base_address: str, error: "StripeError") -> Unavailable:
    said = redact(str(error.user_message or error))
    if error.http_status is None:
        return Unavailable("Stripe does not answer", f"{base_address}: {said}", "check the network, then retry")
    return Unavailable(
        "Stripe does not let us look", f"{base_address}: HTTP {error.http_status}: {said}", "try a key that may read it"
    )
