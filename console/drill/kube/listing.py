"""Lists: selected, in pages, each page from the version of the first."""

import base64
import json
from typing import Any

from console.drill.kube.asked import Asked
from console.drill.kube.kinds import Json
from console.drill.kube.objects import Objects
from console.drill.kube.selectors import matches_fields, matches_labels
from console.drill.kube.status import bad_request

_TYPE_FIELDS = ("apiVersion", "kind")


def selected(asked: Asked, obj: Json) -> bool:
    """Whether a request for many asks for this object too."""
    metadata = obj["metadata"]
    if asked.namespace and metadata.get("namespace") != asked.namespace:
        return False
    if asked.name and metadata["name"] != asked.name:
        return False
    labels, fields = asked.query.get("labelSelector", ""), asked.query.get("fieldSelector", "")
    return matches_labels(metadata.get("labels") or {}, labels) and matches_fields(obj, fields)


def listing(objects: Objects, asked: Asked) -> Json:
    """Return a list, or a page of it where a limit is given.

    Raises:
        Refusal: 400 for a wrong selector, limit or token; 410 where a token is older than the history.
    """
    version, after = objects.version, ("", "")
    if token := asked.query.get("continue", ""):
        version, after = _continued(token)
        objects.since(version)
    items = [obj for obj in objects.all(asked.kind, asked.namespace) if selected(asked, obj) and _place(obj) > after]
    limit = asked.number("limit", 0)
    metadata: Json = {"resourceVersion": str(version)}
    if 0 < limit < len(items):
        rest, items = len(items) - limit, items[:limit]
        metadata["continue"] = _token(version, items[-1])
        if not asked.query.get("labelSelector") and not asked.query.get("fieldSelector"):
            metadata["remainingItemCount"] = rest
    bare = [{key: value for key, value in obj.items() if key not in _TYPE_FIELDS} for obj in items]
    return {"kind": f"{asked.kind.kind}List", "apiVersion": asked.kind.api, "metadata": metadata, "items": bare}


def _place(obj: Json) -> tuple[str, str]:
    return (obj["metadata"].get("namespace", ""), obj["metadata"]["name"])


def _token(version: int, last: Json) -> str:
    told = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": _place(last)})
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _continued(token: str) -> tuple[int, tuple[str, str]]:
    try:
        told: Any = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, name = told["start"]
        return int(told["rv"]), (namespace, name)
    except (ValueError, TypeError, KeyError):
        raise bad_request("continue key is not valid: encoded continue token is not valid") from None
