"""What is served, as clients discover it."""

from console.drill.kube.kinds import KINDS, Json, Kind

_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_SERVED = [*dict.fromkeys(kind.api for kind in KINDS if kind.group), "authorization.k8s.io/v1"]
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


def versions() -> Json:
    """`/api`."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def described(path: str) -> Json | None:
    """Return what a path of discovery answers; None for other paths."""
    match path.strip("/").split("/"):
        case ["version" | "api" | "apis" as whole]:
            return {"version": VERSION, "api": versions(), "apis": groups()}[whole]
        case ["api", "v1"]:
            return resources("v1")
        case ["apis", group]:
            return next((each for each in groups()["groups"] if each["name"] == group), None)
        case ["apis", group, version] if f"{group}/{version}" in _SERVED:
            return resources(f"{group}/{version}")
        case _:
            return None


def groups() -> Json:
    """`/apis`."""
    listed = [
        {
            "name": api.partition("/")[0],
            "versions": [{"groupVersion": api, "version": api.partition("/")[2]}],
            "preferredVersion": {"groupVersion": api, "version": api.partition("/")[2]},
        }
        for api in _SERVED
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
        for name in ("SelfSubjectAccessReview", "SelfSubjectRulesReview"):
            listed.append(_entry(f"{name.lower()}s", name, namespaced=False, verbs=["create"]))
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
