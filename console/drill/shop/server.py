"""The shop's endpoints, balanced over the ready pods of its payment service."""

import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from console.drill.request_log import Clock, RequestLog
from console.drill.serving import date_header
from console.drill.shop import lines
from console.drill.shop.answers import StripeAnswer
from console.drill.shop.checkout import Checkout
from console.drill.shop.pods import Pods
from console.drill.stripe_api.webhooks import is_signed

Json = dict[str, Any]
Answer = tuple[int, Json]
REFUSED = "Erreur 500 lors du paiement"
DECLINED = "Votre carte a été refusée."
NOBODY: Answer = (503, {"error": "Service indisponible"})
TEST_AMOUNT = 100


@dataclass(frozen=True)
class ShopSettings:
    """Which workload takes the payments, where it finds its key, and the shop's own control card."""

    workload: str
    key_variable: str
    control_card: str
    webhook_variable: str = "STRIPE_WEBHOOK_SECRET"


class Shop:
    """The payment service. It logs into the pod that served the request."""

    def __init__(self, settings: ShopSettings, pods: Pods, checkout: Checkout, now: Clock) -> None:
        self._settings = settings
        self._pods = pods
        self._checkout = checkout
        self._now = now
        self._turn = itertools.count()
        self._orders = itertools.count(161_301)
        self.log = RequestLog(now)

    async def pay(self, amount: int, method: str) -> Answer:
        """A customer's payment."""
        order = f"CMD-{next(self._orders)}"
        return await self._serve("POST", "/pay", order, lambda key: self._checkout.pay(key, amount, method, order))

    async def test_payment(self, once: str = "") -> Answer:
        """The payment that proves the whole way: authorised on the shop's control card, then given up."""
        card = self._settings.control_card
        authorise = self._checkout.authorise
        return await self._serve("POST", "/test-payment", "TEST", lambda key: authorise(key, TEST_AMOUNT, card, once))

    def browse(self, url: str, milliseconds: int) -> Answer:
        """A request that needs no Stripe."""
        pod = self._next_pod()
        if pod is None:
            return NOBODY
        self._pods.write(
            pod, lines.request_completed(self._now(), pod, "GET", url, status=200, milliseconds=milliseconds)
        )
        return 200, {"status": "ok"}

    def webhook(self, payload: bytes, header: str) -> Answer:
        """An event that Stripe posts; believed only if it is signed with the secret that the pod knows."""
        pod = self._next_pod()
        if pod is None:
            return NOBODY
        secret = self._pods.environment(pod).get(self._settings.webhook_variable, "")
        if not is_signed(secret, header, payload):
            self._pods.write(pod, lines.webhook_refused(self._now(), pod))
            return 400, {"error": "signature"}
        self._pods.write(pod, lines.webhook_taken(self._now(), pod, json.loads(payload)))
        return 200, {"received": True}

    def _next_pod(self) -> str | None:
        pods = self._pods.ready(self._settings.workload)
        return pods[next(self._turn) % len(pods)] if pods else None

    async def _serve(self, method: str, url: str, order: str, charge: Any) -> Answer:
        pod = self._next_pod()
        if pod is None:
            return NOBODY
        started = time.monotonic()
        key = self._pods.environment(pod).get(self._settings.key_variable, "")
        if key:
            answer = self._told(pod, order, await charge(key))
        else:
            self._pods.write(pod, lines.unconfigured(self._now(), pod, self._settings.key_variable))
            answer = (500, {"error": REFUSED})
        spent = round((time.monotonic() - started) * 1000)
        self._pods.write(
            pod, lines.request_completed(self._now(), pod, method, url, status=answer[0], milliseconds=spent)
        )
        return answer

    def _told(self, pod: str, order: str, stripe: StripeAnswer) -> Answer:
        if stripe.paid:
            self._pods.write(pod, lines.payment_succeeded(self._now(), pod, order, stripe.body))
            return 200, {"status": "success", "payment_intent": stripe.body["id"]}
        self._pods.write(pod, lines.payment_failed(self._now(), pod, order, stripe))
        return (402, {"error": DECLINED}) if stripe.status == 402 else (500, {"error": REFUSED})


def shop_app(shop: Shop, now: Clock) -> web.Application:
    """The shop's public face."""

    def reply(request: web.Request, answer: Answer) -> web.Response:
        shop.log.add(request.method, request.path_qs, answer[0], user_agent=request.headers.get("User-Agent", ""))
        return web.json_response(answer[1], status=answer[0])

    async def pay(request: web.Request) -> web.Response:
        try:
            order = await request.json()
            amount, method = int(order["amount"]), str(order["payment_method"])
        except (ValueError, KeyError, TypeError):
            return reply(request, (400, {"error": "Commande illisible"}))
        return reply(request, await shop.pay(amount, method))

    async def test_payment(request: web.Request) -> web.Response:
        return reply(request, await shop.test_payment(request.headers.get("Idempotency-Key", "")))

    async def webhook(request: web.Request) -> web.Response:
        payload = await request.read()
        return reply(request, shop.webhook(payload, request.headers.get("Stripe-Signature", "")))

    async def browse(request: web.Request) -> web.Response:
        return reply(request, shop.browse(request.path_qs, 2))

    app = web.Application()
    app.router.add_post("/pay", pay)
    app.router.add_post("/test-payment", test_payment)
    app.router.add_post("/webhooks/stripe", webhook)
    app.router.add_get("/healthz", browse)
    app.router.add_get("/", browse)
    app.on_response_prepare.append(date_header(now))
    return app
