"""What the API server checks and rewrites before it stores an object."""

import base64
import binascii
import re
from typing import Any

from console.drill.kube.kinds import Json, Kind
from console.drill.kube.status import bad_request, invalid

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_NAME_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_CONTROLLED = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")


def admit(kind: Kind, obj: Json) -> None:
    """Check a new state of an object, and fold a Secret's `stringData` into its `data`; raises a 400 or 422."""
    name = obj["metadata"]["name"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise invalid(kind, str(name), "metadata.name", f'Invalid value: "{name}": {_NAME_RULE}')
    _check_strings(kind, obj["metadata"], "labels", "annotations")
    if kind.kind == "Secret":
        _admit_secret(kind, obj)
    if kind.kind == "ConfigMap":
        _check_strings(kind, obj, "data")
    if kind.kind in _CONTROLLED:
        _check_selector(kind, name, obj.get("spec") or {})
    if kind.kind == "Pod":
        _check_containers(kind, name, obj.get("spec") or {}, "spec")
    if kind.scale:
        _check_replicas(kind, name, obj.get("spec") or {})


def check_immutable(kind: Kind, live: Json, obj: Json) -> None:
    """Refuse what can't be changed once it is there; raises a 422."""
    name = obj["metadata"]["name"]
    if kind.kind in _CONTROLLED and obj["spec"].get("selector") != live["spec"].get("selector"):
        raise invalid(kind, name, "spec.selector", f"Invalid value: {obj['spec'].get('selector')}: field is immutable")
    if kind.kind in ("Secret", "ConfigMap") and live.get("immutable"):
        changed = [field for field in ("data", "binaryData", "immutable") if obj.get(field) != live.get(field)]
        if changed:
            raise invalid(kind, name, changed[0], "Forbidden: field is immutable when `immutable` is set")
    if kind.kind == "Secret" and obj.get("type") != live.get("type"):
        raise invalid(kind, name, "type", f'Invalid value: "{obj.get("type")}": field is immutable')
    if kind.kind == "Pod" and _fixed(obj["spec"]) != _fixed(live["spec"]):
        why = "Forbidden: pod updates may not change fields other than `spec.containers[*].image`"
        raise invalid(kind, name, "spec", why)


def _fixed(spec: Json) -> Json:
    containers = [{**container, "image": ""} for container in spec.get("containers", [])]
    free = ("nodeName", "activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations")
    return {**{key: value for key, value in spec.items() if key not in free}, "containers": containers}


def _admit_secret(kind: Kind, obj: Json) -> None:
    _check_strings(kind, obj, "data", "stringData")
    data = dict(obj.get("data") or {})
    for value in data.values():
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise bad_request(
                'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0'
            ) from None
    for key, value in (obj.pop("stringData", None) or {}).items():
        data[key] = base64.b64encode(value.encode()).decode()
    if data:
        obj["data"] = data
    obj.setdefault("type", "Opaque")


def _check_strings(kind: Kind, holder: Json, *fields: str) -> None:
    for field in fields:
        values: Any = holder.get(field) or {}
        if not isinstance(values, dict) or any(not isinstance(value, str) for value in values.values()):
            raise bad_request(
                f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
                f"json: cannot unmarshal {field} into Go value of type string"
            )


def _check_selector(kind: Kind, name: str, spec: Json) -> None:
    selector = spec.get("selector") or {}
    wanted = selector.get("matchLabels") or {}
    if not wanted and not selector.get("matchExpressions"):
        raise invalid(kind, name, "spec.selector", "Required value")
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        why = f"Invalid value: {labels}: `selector` does not match template `labels`"
        raise invalid(kind, name, "spec.template.metadata.labels", why)
    _check_containers(kind, name, template.get("spec") or {}, "spec.template.spec")


def _check_containers(kind: Kind, name: str, spec: Json, path: str) -> None:
    containers = spec.get("containers") or []
    if not containers:
        raise invalid(kind, name, f"{path}.containers", "Required value")
    seen: set[str] = set()
    for number, container in enumerate(containers):
        for field in ("name", "image"):
            if not container.get(field):
                raise invalid(kind, name, f"{path}.containers[{number}].{field}", "Required value")
        if container["name"] in seen:
            why = f'Duplicate value: "{container["name"]}"'
            raise invalid(kind, name, f"{path}.containers[{number}].name", why)
        seen.add(container["name"])


def _check_replicas(kind: Kind, name: str, spec: Json) -> None:
    replicas = spec.get("replicas", 1)
    if not isinstance(replicas, int):
        raise bad_request(f'{kind.kind} in version "{kind.version}" cannot be handled: spec.replicas is no number')
    if replicas < 0:
        why = f"Invalid value: {replicas}: must be greater than or equal to 0"
        raise invalid(kind, name, "spec.replicas", why)
