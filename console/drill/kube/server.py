"""The HTTP API: who asks, may they, what for; every request is noted."""

import hashlib
import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from console.drill.kube import writing
from console.drill.kube.access import Access
from console.drill.kube.asked import Asked, body, parse
from console.drill.kube.discovery import described
from console.drill.kube.faults import Faults
from console.drill.kube.kinds import Json
from console.drill.kube.listing import listing
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects
from console.drill.kube.pod_logs import pod_log
from console.drill.kube.reviews import is_review, review
from console.drill.kube.status import Refusal, forbidden, not_allowed, unauthorized
from console.drill.kube.watching import Watch

_HEALTH = ("/healthz", "/livez", "/readyz")
_LONGEST_BODY = 8 * 2**20
KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was answered. `digest` is its body's SHA-256, `user` the token's; never a credential."""

    at: datetime
    method: str
    path: str
    query: str
    user: str
    status: int
    digest: str


class ApiServer:
    """Answers requests about the objects."""

    def __init__(self, objects: Objects, logs: Logs, access: Access, faults: Faults) -> None:
        self._objects, self._logs, self._access, self._faults = objects, logs, access, faults
        self.requests: deque[Request] = deque(maxlen=KEPT)

    def app(self) -> web.Application:
        """Return the application to serve."""
        app = web.Application(middlewares=[self._note], client_max_size=_LONGEST_BODY)
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    @web.middleware
    async def _note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._faults.connections.append(request)
        status = 499  # the client went before it had its answer
        try:
            response = await handler(request)
            status = response.status
        except Refusal as refusal:
            status = refusal.code
            response = web.json_response(refusal.status, status=status, headers=refusal.headers)
        finally:
            self._faults.connections.remove(request)
            user = self._access.user(request.headers.get("Authorization", "")) or ""
            digest = hashlib.sha256(await _sent(request)).hexdigest()
            now, query = self._objects.now(), request.query_string
            self.requests.append(Request(now, request.method, request.path, query, user, status, digest))
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path in _HEALTH:
            return web.Response(text="ok")
        user = self._access.user(request.headers.get("Authorization", ""))
        if user is None:
            raise unauthorized()
        await self._faults.meet(request)
        if (found := described(request.path)) is not None:
            return web.json_response(found)
        if is_review(request.path) and request.method == "POST":
            return web.json_response(review(self._access, user, request.path, await body(request)), status=201)
        asked = parse(request)
        if not self._access.allows(user, asked.verb, asked.kind, asked.namespace, asked.subresource):
            raise forbidden(
                user, asked.verb, asked.kind, asked.namespace, name=asked.name, subresource=asked.subresource
            )
        return await self._serve(request, asked)

    async def _serve(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        _check_subresource(asked)
        if asked.verb == "watch":
            return await Watch(request, self._objects, asked, self._faults).run()
        if asked.subresource == "log":
            return await pod_log(request, self._objects, self._logs, asked, self._faults)
        if asked.verb in ("get", "list"):
            found, status = self._read(asked), 200
        else:
            found, status = await self._write(request, asked)
        return web.Response(body=json.dumps(found).encode(), status=status, content_type="application/json")

    def _read(self, asked: Asked) -> Json:
        if asked.verb == "list":
            return listing(self._objects, asked)
        if asked.subresource == "scale":
            return writing.scale(self._objects, asked)
        return self._objects.get(asked.kind, asked.namespace, asked.name)

    async def _write(self, request: web.Request, asked: Asked) -> tuple[Json, int]:
        sent = await body(request)
        if asked.verb == "create":
            return writing.create(self._objects, asked, sent), 201
        if asked.verb == "update":
            return writing.replace(self._objects, asked, sent), 200
        if asked.verb == "patch":
            found, new = writing.patch(self._objects, asked, request.content_type, sent)
            return found, 201 if new else 200
        return writing.delete(self._objects, asked, sent), 200


def _check_subresource(asked: Asked) -> None:
    """Raise a 404 for a subresource that the kind does not have, a 405 for a verb that it does not take."""
    kind, sub = asked.kind, asked.subresource
    known = {"": True, "log": kind.kind == "Pod", "status": kind.status, "scale": kind.scale}
    if not known.get(sub):
        raise Refusal(404, "NotFound", "the server could not find the requested resource")
    if (sub and asked.verb in ("create", "delete")) or (sub == "log" and asked.verb != "get"):
        raise not_allowed(f"{kind.plural}/{sub}")
    if asked.name and asked.verb == "create":
        raise not_allowed(kind.plural)


async def _sent(request: web.Request) -> bytes:
    try:
        return await request.read()
    except ConnectionError:
        return b""
