"""A container's environment, read from Secrets and ConfigMaps at the moment of its start."""

import base64
import re
from typing import Any

from console.drill.kube.kinds import Json, kind_named
from console.drill.kube.objects import Objects

_VARIABLE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_LABEL = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")


class Missing(LookupError):
    """Something that the container refers to is not there; the text is the kubelet's."""


def resolve(objects: Objects, pod: Json, container: Json) -> dict[str, str]:
    """Return the variables; raises `Missing`."""
    namespace = pod["metadata"]["namespace"]
    env: dict[str, str] = {}
    for source in container.get("envFrom") or []:
        prefix = source.get("prefix", "")
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            if reference := source.get(field):
                values = _values(objects, namespace, kind, reference) or {}
                env.update({prefix + key: value for key, value in values.items()})
    for variable in container.get("env") or []:
        value = _value(objects, pod, variable)
        if value is not None:
            env[variable["name"]] = _VARIABLE.sub(lambda match: env.get(match[1], match[0]), value)
    return env


def check_volumes(objects: Objects, pod: Json) -> None:
    """Check that what the pod mounts is there; raises `Missing`."""
    for volume in pod["spec"].get("volumes") or []:
        for field, kind, name_field in (("secret", "Secret", "secretName"), ("configMap", "ConfigMap", "name")):
            source = volume.get(field)
            if not source or source.get("optional"):
                continue
            name = source.get(name_field, "")
            if objects.find(kind_named(kind), pod["metadata"]["namespace"], name) is None:
                why = f'{kind.lower()} "{name}" not found'
                raise Missing(f'MountVolume.SetUp failed for volume "{volume["name"]}" : {why}')


def _value(objects: Objects, pod: Json, variable: Json) -> str | None:
    source = variable.get("valueFrom")
    if not source:
        return str(variable.get("value", ""))
    for field, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
        if reference := source.get(field):
            return _referred(objects, pod["metadata"]["namespace"], kind, reference)
    return _field(pod, (source.get("fieldRef") or {}).get("fieldPath", ""))


def _referred(objects: Objects, namespace: str, kind: str, reference: Json) -> str | None:
    values, key = _values(objects, namespace, kind, reference), reference.get("key", "")
    if values is not None and key in values:
        return values[key]
    if reference.get("optional"):
        return None
    raise Missing(f"couldn't find key {key} in {kind} {namespace}/{reference.get('name', '')}")


def _values(objects: Objects, namespace: str, kind: str, reference: Json) -> dict[str, str] | None:
    name = reference.get("name", "")
    found = objects.find(kind_named(kind), namespace, name)
    if found is None:
        if reference.get("optional"):
            return None
        raise Missing(f'{kind.lower()} "{name}" not found')
    data: dict[str, str] = found.get("data") or {}
    if kind == "ConfigMap":
        return data
    return {key: base64.b64decode(value).decode(errors="replace") for key, value in data.items()}


def _field(pod: Json, path: str) -> str:
    if match := _LABEL.fullmatch(path):
        return str((pod["metadata"].get(match[1]) or {}).get(match[2], ""))
    value: Any = pod
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return str(value)
