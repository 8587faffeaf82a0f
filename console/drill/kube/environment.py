"""What a container's environment is when it starts: resolved then, and kept until it is started again."""

import base64

from console.drill.kube.kinds import BY_KIND, Json
from console.drill.kube.objects import Objects

_SECRET, _CONFIG = BY_KIND["v1", "Secret"], BY_KIND["v1", "ConfigMap"]


class Missing(Exception):
    """A reference that leads nowhere, in the kubelet's words."""


def resolve(objects: Objects, namespace: str, container: Json, pod: Json) -> dict[str, str]:
    """Return the container's environment.

    Raises:
        Missing: a Secret, ConfigMap or key that is referred to and not optional does not exist.
    """
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        for which in ("secretRef", "configMapRef"):
            if reference := source.get(which):
                values = _values(objects, namespace, which, reference)
                found.update({source.get("prefix", "") + key: value for key, value in values.items()})
    for variable in container.get("env", []):
        value = _variable(objects, namespace, variable, pod)
        if value is not None:
            found[variable["name"]] = value
    return found


def _variable(objects: Objects, namespace: str, variable: Json, pod: Json) -> str | None:
    source = variable.get("valueFrom")
    if not source:
        return str(variable.get("value", ""))
    if "fieldRef" in source:
        node: object = pod
        for part in source["fieldRef"]["fieldPath"].split("."):
            node = node.get(part, "") if isinstance(node, dict) else ""
        return str(node)
    for which in ("secretKeyRef", "configMapKeyRef"):
        if reference := source.get(which):
            values = _values(objects, namespace, which, reference)
            if reference["key"] in values:
                return values[reference["key"]]
            if reference.get("optional") or (not values and reference.get("optional")):
                return None
            what = "Secret" if "secret" in which else "ConfigMap"
            raise Missing(f"couldn't find key {reference['key']} in {what} {namespace}/{reference['name']}")
    return ""


def _values(objects: Objects, namespace: str, which: str, reference: Json) -> dict[str, str]:
    secret = which.startswith("secret")
    obj = objects.find(_SECRET if secret else _CONFIG, namespace, reference["name"])
    if obj is None:
        if reference.get("optional"):
            return {}
        raise Missing(f'{"secret" if secret else "configmap"} "{reference["name"]}" not found')
    data: dict[str, str] = obj.get("data") or {}
    return {key: base64.b64decode(value).decode() for key, value in data.items()} if secret else dict(data)
