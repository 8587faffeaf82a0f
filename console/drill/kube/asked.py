"""A request, parsed: which kind, where, which object, which subresource."""

import json
from dataclasses import dataclass

from aiohttp import web

from console.drill.kube.kinds import BY_PLURAL, Json, Kind
from console.drill.kube.status import Refusal, bad_request

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for. `verb` is RBAC's."""

    verb: str
    kind: Kind
    namespace: str
    name: str
    subresource: str
    query: dict[str, str]

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be stored."""
        return self.query.get("dryRun") == "All"


def parse(request: web.Request) -> Asked:
    """Return what the request asks for; raises a 404 where there is no such resource."""
    parts = [part for part in request.path.split("/") if part]
    api, rest = ("v1", parts[2:]) if parts[0] == "api" else ("/".join(parts[1:3]), parts[3:])
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces":
        namespace, rest = rest[1], rest[2:]
    plural, name, sub = (*rest, "", "", "")[:3]
    kind = BY_PLURAL.get((api, plural))
    if kind is None:
        raise Refusal(404, "NotFound", "the server could not find the requested resource")
    query = dict(request.query)
    verb = _VERBS.get(request.method, "get" if name else "list")
    if query.get("watch") in ("1", "true") and verb == "list":
        verb = "watch"
    if request.method == "DELETE" and not name:
        verb = "deletecollection"
    return Asked(verb, kind, namespace, name, sub, query)


async def body(request: web.Request) -> Json:
    """Return the request's JSON object; raises a 400, or a 415 for protobuf."""
    if "protobuf" in request.content_type:
        raise Refusal(
            415, "UnsupportedMediaType", "the body of the request was in an unknown format: only JSON is served"
        )
    try:
        document = json.loads(await request.read() or b"{}")
    except ValueError as error:
        raise bad_request(f"the body is no JSON: {error}") from None
    return document  # type: ignore[no-any-return]  # a JSON patch is a list
