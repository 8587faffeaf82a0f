"""What is served, as clients discover it; and access reviews."""

from aiohttp import web

from console.drill.kube.access import Access
from console.drill.kube.kinds import BY_PLURAL, KINDS, Json, Kind

_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
VERSION = {
    "major": "1",
    "minor": "33",
    "gitVersion": "v1.33.0",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2025-01-01T00:00:00Z",
    "goVersion": "go1.24",
    "compiler": "gc",
    "platform": "linux/amd64",
}


def versions(_request: web.Request) -> Json:
    """`/api`."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def groups(_request: web.Request) -> Json:
    """`/apis`."""
    served = [*dict.fromkeys(kind.api for kind in KINDS if kind.group), "authorization.k8s.io/v1"]
    listed = [
        {
            "name": api.partition("/")[0],
            "versions": [{"groupVersion": api, "version": api.partition("/")[2]}],
            "preferredVersion": {"groupVersion": api, "version": api.partition("/")[2]},
        }
        for api in served
    ]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}


def resources(api: str) -> Json:
    """`/api/v1`, `/apis/apps/v1` and so on."""
    listed: list[Json] = []
    for kind in KINDS:
        if kind.api == api:
            listed += _entries(kind)
    if api == "v1":
        listed.append(_entry("pods/log", "Pod", namespaced=True, verbs=["get"]))
    if api == "authorization.k8s.io/v1":
        listed.append(_entry("selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=False, verbs=["create"]))
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api, "resources": listed}


def _entries(kind: Kind) -> list[Json]:
    entries = [
        {**_entry(kind.plural, kind.kind, namespaced=kind.namespaced, verbs=_VERBS), "shortNames": list(kind.short)}
    ]
    if kind.status:
        entries.append(
            _entry(f"{kind.plural}/status", kind.kind, namespaced=kind.namespaced, verbs=["get", "patch", "update"])
        )
    if kind.scale:
        scale = _entry(f"{kind.plural}/scale", "Scale", namespaced=kind.namespaced, verbs=["get", "patch", "update"])
        entries.append({**scale, "group": "autoscaling", "version": "v1"})
    return entries


def _entry(name: str, kind: str, *, namespaced: bool, verbs: list[str]) -> Json:
    return {"name": name, "singularName": kind.lower(), "namespaced": namespaced, "kind": kind, "verbs": verbs}


def review(access: Access, user: str, wanted: Json) -> Json:
    """Answer a SelfSubjectAccessReview by the rules that requests meet."""
    attributes = wanted.get("spec", {}).get("resourceAttributes", {})
    group, version = attributes.get("group", ""), attributes.get("version", "")
    plural = attributes.get("resource", "")
    known = [
        k for k in BY_PLURAL.values() if k.plural == plural and k.group == group and version in ("", "*", k.version)
    ]
    namespace, verb = attributes.get("namespace", ""), attributes.get("verb", "")
    allowed = bool(known) and access.allows(user, verb, known[0], namespace, attributes.get("subresource", ""))
    status: Json = {"allowed": allowed} if allowed else {"allowed": False, "reason": "no rule allows it"}
    return {**wanted, "kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "status": status}
