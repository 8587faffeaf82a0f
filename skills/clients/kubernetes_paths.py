"""Where objects lie in a Kubernetes API server's URL space."""

from store.plan import ObjectRef

_IRREGULAR = {"Endpoints": "endpoints"}


def plural(kind: str) -> str:
    """Return a kind's resource name: `Ingress` is `ingresses`, `NetworkPolicy` is `networkpolicies`."""
    if kind in _IRREGULAR:
        return _IRREGULAR[kind]
    name = kind.lower()
    if name.endswith(("s", "x", "ch")):
        return name + "es"
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + "s"


def collection_path(api: str, kind: str, namespace: str) -> str:
    """Return the path of a kind's collection; of all namespaces, or a cluster-wide kind, where `namespace` is empty."""
    root = f"/apis/{api}" if "/" in api else f"/api/{api}"
    return f"{root}/namespaces/{namespace}/{plural(kind)}" if namespace else f"{root}/{plural(kind)}"


def object_path(ref: ObjectRef) -> str:
    """Return an object's path."""
    return f"{collection_path(ref.api, ref.kind, ref.namespace)}/{ref.name}"


def group_of(api: str) -> str:
    """Return an API's group; empty for the core."""
    return api.partition("/")[0] if "/" in api else ""
