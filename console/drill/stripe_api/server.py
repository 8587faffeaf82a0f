"""The HTTP side of the loopback Stripe: authentication, encoding, idempotency, headers and the request log."""

import asyncio
import hashlib
import json
import secrets
import string
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from console.drill.request_log import Clock, RequestLog
from console.drill.serving import date_header
from console.drill.stripe_api import refusals, shapes
from console.drill.stripe_api.books import Books
from console.drill.stripe_api.forms import nested
from console.drill.stripe_api.idempotency import Replays
from console.drill.stripe_api.keys import ApiKey, KeyRing, masked
from console.drill.stripe_api.routes import ROUTES, Call, Endpoint, Profile
from console.drill.stripe_api.switches import StripeSwitches, Trouble, refusal

Json = dict[str, Any]


@dataclass
class StripeWorld:
    """All accounts, keys and switches of this Stripe. The first account is the client's."""

    now: Clock
    accounts: dict[str, tuple[Profile, Books]]
    keys: KeyRing
    switches: StripeSwitches = field(default_factory=StripeSwitches)

    def __post_init__(self) -> None:
        self.log = RequestLog(self.now)
        self.replays = Replays()

    def would_pay(self, secret: str, method: str) -> None:
        """Raise the refusal that a payment with this key and card would meet, without making one."""
        key = self.keys.authenticate(f"Bearer {secret}")
        key.require("rak_payment_intent_write")
        decline = self.accounts[key.account][1].methods.decline_code(method, key.mode)
        if key.mode == "live" and self.switches.disabled_reason:
            raise refusals.charges_disabled()
        if decline:
            raise refusals.card_declined(decline, {}, "")


def stripe_app(world: StripeWorld) -> web.Application:
    """The application that answers as api.stripe.com."""
    app = web.Application()
    for method, path, permission, endpoint in ROUTES:
        app.router.add_route(method, path, _handler(world, permission, endpoint))
    app.router.add_route("*", "/{rest:.*}", _handler(world, "", _unknown))
    app.on_response_prepare.append(date_header(world.now))
    return app


def _unknown(call: Call) -> Json:
    raise refusals.no_route(call.args["method"], call.args["path"])


def _handler(world: StripeWorld, permission: str, endpoint: Endpoint) -> Any:
    async def answer(request: web.Request) -> web.StreamResponse:
        request_id = "req_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(14))
        exchange = _Exchange(world, request, request_id)
        try:
            if world.switches.latency:
                await asyncio.sleep(world.switches.latency)
            response = await exchange.carry_out(permission, endpoint)
        except refusals.Refused as refused:
            response = exchange.reply(refused.status, refused.body(), refused.headers)
        exchange.record(response.status)
        return response

    return answer


class _Exchange:
    """One request on its way to its answer."""

    def __init__(self, world: StripeWorld, request: web.Request, request_id: str) -> None:
        self._world = world
        self._request = request
        self._request_id = request_id
        self._idempotency_key = request.headers.get("Idempotency-Key", "")
        self._code = ""

    async def carry_out(self, permission: str, endpoint: Endpoint) -> web.Response:
        """Authenticate, decode, and answer; raises Stripe's refusals."""
        if self._world.switches.strikes():
            return _misfortune(self._world.switches.trouble, self._request)
        key = self._world.keys.authenticate(self._request.headers.get("Authorization", ""))
        if permission:
            key.require(permission)
        params = await self._params()
        if self._request.method != "POST" or not self._idempotency_key:
            return self.reply(200, endpoint(self._call(key, params)), {})
        return self._once(key, params, endpoint)

    async def _params(self) -> Json:
        pairs = [(name, value) for name, value in self._request.query.items()]
        if self._request.method == "POST":
            form = await self._request.post()
            pairs += [(name, value) for name, value in form.items() if isinstance(value, str)]
        return nested(pairs)

    def _call(self, key: ApiKey, params: Json) -> Call:
        profile, books = self._world.accounts[key.account]
        args = {**self._request.match_info, "method": self._request.method, "path": self._request.path}
        return Call(key, books, profile, self._world.switches, args, params)

    def _once(self, key: ApiKey, params: Json, endpoint: Endpoint) -> web.Response:
        replays, name = self._world.replays, self._idempotency_key
        digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
        kept = replays.begin(key.account, name, (self._request.path, digest))
        if kept is not None:
            replayed = {"Idempotent-Replayed": "true", "Original-Request": kept.request_id}
            return self.reply(kept.status, kept.body, replayed)
        try:
            status, body = 200, endpoint(self._call(key, params))
        except refusals.Refused as refused:
            status, body = refused.status, refused.body()
        replays.finish(key.account, name, status, json.loads(json.dumps(body)), self._request_id)
        return self.reply(status, body, {})

    def reply(self, status: int, body: Json, headers: dict[str, str]) -> web.Response:
        """An answer with the headers that Stripe's always carry."""
        self._code = body.get("error", {}).get("code", "")
        sent = {"Request-Id": self._request_id, "Stripe-Version": shapes.VERSION, **headers}
        if self._idempotency_key:
            sent["Idempotency-Key"] = self._idempotency_key
        return web.json_response(body, status=status, headers=sent)

    def record(self, status: int) -> None:
        """Write the exchange down; of the key only what Stripe itself would print."""
        credential = self._request.headers.get("Authorization", "").removeprefix("Bearer ")
        self._world.log.add(
            self._request.method,
            self._request.path_qs,
            status,
            code=self._code,
            key=masked(credential) if credential else "",
            request_id=self._request_id,
            idempotency_key=self._idempotency_key,
            user_agent=self._request.headers.get("User-Agent", ""),
        )


def _misfortune(trouble: Trouble, request: web.Request) -> web.Response:
    """The answer of a Stripe in trouble; raises its refusals."""
    refused = refusal(trouble)
    if refused is not None:
        raise refused
    if trouble == "unreachable" and request.transport is not None:
        request.transport.abort()
    return web.Response(status=503, content_type="text/html", text="<html><h1>503 Service Unavailable</h1></html>")
