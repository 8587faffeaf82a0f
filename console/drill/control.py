"""The world's own endpoint: its clock, what its servers were asked, its fault switches, the operator's key."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from console.drill.accounts import DrillKeys
from console.drill.clock import WorldClock
from console.drill.request_log import Request
from console.drill.switchboard import Switches

Json = dict[str, Any]
Log = Callable[[int], list[Request]]


@dataclass(frozen=True)
class Controls:
    """What can be asked of a world. `logs` give the requests after a sequence number, `switches` the faults."""

    token: str
    clock: WorldClock
    facts: Json
    logs: Mapping[str, Log]
    switches: Mapping[str, Switches]
    keys: DrillKeys
    deliveries: Callable[[], Json]
    stop: Callable[[], None]


def control_app(controls: Controls) -> web.Application:
    """The application; every request needs the world's token."""
    app = web.Application(middlewares=[_guarded(controls.token)])
    desk = _Desk(controls)
    app.router.add_get("/health", desk.health)
    app.router.add_get("/clock", desk.clock)
    app.router.add_get("/facts", desk.facts)
    app.router.add_get("/requests", desk.requests)
    app.router.add_get("/deliveries", desk.deliveries)
    app.router.add_get("/faults", desk.faults)
    app.router.add_post("/faults", desk.set_faults)
    app.router.add_get("/operator-key", desk.operator_key)
    app.router.add_post("/heartbeat", desk.health)
    app.router.add_post("/stop", desk.stop)
    return app


def _guarded(token: str) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
            return web.json_response({"error": "not your world"}, status=401)
        return await handler(request)

    return guard


class _Desk:
    """The handlers."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "now": self._controls.clock.now().isoformat()})

    async def clock(self, _request: web.Request) -> web.Response:
        clock = self._controls.clock
        return web.json_response({**clock.model_dump(mode="json"), "now": clock.now().isoformat()})

    async def facts(self, _request: web.Request) -> web.Response:
        return web.json_response(self._controls.facts)

    async def requests(self, request: web.Request) -> web.Response:
        server, after = request.query.get("server", ""), request.query.get("after", "0")
        if server not in self._controls.logs or not after.isdigit():
            return _bad(f"server is one of {', '.join(self._controls.logs)}; after is a sequence number")
        found = self._controls.logs[server](int(after))
        return web.json_response({"requests": [entry.model_dump(mode="json") for entry in found]})

    async def deliveries(self, _request: web.Request) -> web.Response:
        return web.json_response(self._controls.deliveries())

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response({name: each.shown() for name, each in self._controls.switches.items()})

    async def set_faults(self, request: web.Request) -> web.Response:
        try:
            wanted: dict[str, Json] = await request.json()
            for server, fields in wanted.items():
                self._controls.switches[server].put(fields)
        except (ValueError, KeyError, AttributeError) as error:
            return _bad(f"no such switch: {error}")
        return await self.faults(request)

    async def operator_key(self, request: web.Request) -> web.Response:
        for kind, key in self._controls.keys.operator.items():
            if kind == request.query.get("kind", "new"):
                return web.json_response({"key": key})
        return _bad(f"kind is one of {', '.join(self._controls.keys.operator)}")

    async def stop(self, _request: web.Request) -> web.Response:
        self._controls.stop()
        return web.json_response({"ok": True})


def _bad(reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=400)
