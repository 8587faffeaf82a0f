"""A request, parsed: which kind, where, which object, which subresource."""

import json
from dataclasses import dataclass

import yaml  # type: ignore[import-untyped]  # it ships no types
from aiohttp import web

from console.drill.kube.kinds import BY_PLURAL, Json, Kind
from console.drill.kube.status import Refusal, bad_request, unsupported_media

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}
_YES = ("1", "true")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for. `verb` is RBAC's, `agent` the client's name."""

    verb: str
    kind: Kind
    namespace: str
    name: str
    subresource: str
    query: dict[str, str]
    agent: str = ""

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be stored."""
        return self.query.get("dryRun") == "All"

    @property
    def manager(self) -> str:
        """Who is to own the fields that are written."""
        return self.query.get("fieldManager") or self.agent.partition("/")[0] or "unknown"

    def says(self, option: str) -> bool:
        """Whether a boolean option is set."""
        return self.query.get(option) in _YES

    def number(self, option: str, default: int) -> int:
        """Return a numeric option; raises a 400."""
        text = self.query.get(option) or str(default)
        if not text.lstrip("-").isdigit():
            raise bad_request(f'invalid value "{text}" for {option}')
        return int(text)


def parse(request: web.Request) -> Asked:
    """Return what the request asks for; raises a 404 where there is no such resource, a 400 for a wrong option."""
    parts = [part for part in request.path.split("/") if part]
    api, rest = ("v1", parts[2:]) if parts[:2] == ["api", "v1"] else ("/".join(parts[1:3]), parts[3:])
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and rest[2] != "status":
        namespace, rest = rest[1], rest[2:]
    plural, name, sub = (*rest, "", "", "")[:3]
    kind = BY_PLURAL.get((api, plural))
    verb = _VERBS.get(request.method)
    if kind is None or verb is None or parts[0] not in ("api", "apis"):
        raise Refusal(404, "NotFound", "the server could not find the requested resource")
    query = dict(request.query)
    if query.get("dryRun") not in (None, "", "All"):
        raise bad_request(f'invalid dryRun value "{query["dryRun"]}": only "All" is supported')
    if verb == "get" and not name:
        verb = "watch" if query.get("watch") in _YES else "list"
    if verb == "delete" and not name:
        verb = "deletecollection"
    return Asked(verb, kind, namespace, name, sub, query, request.headers.get("User-Agent", ""))


async def body(request: web.Request) -> Json:
    """Return the request's JSON or YAML document; raises a 400, or a 415 for protobuf."""
    if "protobuf" in request.content_type:
        raise unsupported_media("only JSON is served")
    sent = await request.read()
    try:
        document = yaml.safe_load(sent) if "yaml" in request.content_type else json.loads(sent or b"{}")
    except (ValueError, yaml.YAMLError) as error:
        raise bad_request(f"the body is neither JSON nor YAML: {error}") from None
    if not isinstance(document, dict | list):
        raise bad_request("the body is no object")
    return document  # type: ignore[return-value]  # a JSON patch is a list
