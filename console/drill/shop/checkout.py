"""How the payment service asks Stripe: over HTTP, with the key of its pod, as stripe-node does."""

import uuid

import aiohttp

from console.drill.shop.answers import StripeAnswer

AGENT = "Stripe/v1 NodeBindings/17.5.0"
SECONDS = 20


class Checkout:
    """The Stripe client of the shop."""

    def __init__(self, base_address: str) -> None:
        self._base = base_address
        self._session: aiohttp.ClientSession | None = None

    async def pay(self, key: str, amount: int, method: str, order: str) -> StripeAnswer:
        """Charge a payment method; `amount` in cents."""
        form = {"amount": str(amount), "currency": "eur", "payment_method": method, "confirm": "true"}
        return await self._post(key, "/v1/payment_intents", {**form, "metadata[order]": order})

    async def authorise(self, key: str, amount: int, method: str, once: str = "") -> StripeAnswer:
        """Reserve an amount and let it go again: proves that payments work, and costs nobody anything.

        Under the same `once` it is made once, however often it is asked for.
        """
        form = {"amount": str(amount), "currency": "eur", "payment_method": method, "confirm": "true"}
        answer = await self._post(key, "/v1/payment_intents", {**form, "capture_method": "manual"}, once)
        if not answer.paid:
            return answer
        return await self._post(key, f"/v1/payment_intents/{answer.body['id']}/cancel", {}, once and f"{once}-cancel")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, key: str, path: str, form: dict[str, str], once: str = "") -> StripeAnswer:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS))
        headers = {
            "Authorization": f"Bearer {key}",
            "Idempotency-Key": once or f"stripe-node-retry-{uuid.uuid4()}",
            "User-Agent": AGENT,
        }
        try:
            async with self._session.post(self._base + path, data=form, headers=headers) as response:
                identifier = response.headers.get("Request-Id", "")
                if response.content_type != "application/json":
                    return StripeAnswer(response.status, {}, identifier)
                return StripeAnswer(response.status, await response.json(), identifier)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return StripeAnswer(0)
