"""What the API server fills in where a manifest is silent."""

from collections.abc import Callable
from typing import Any

from console.drill.kube.kinds import Json, Kind


def with_defaults(kind: Kind, obj: Json) -> None:
    """Fill in an object's defaults."""
    spec = obj.get("spec")
    if isinstance(spec, dict) and (fill := _FILLERS.get(kind.kind)):
        fill(spec)
    if kind.kind == "Namespace":
        name = obj["metadata"]["name"]
        obj["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = name
        obj.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
        obj.setdefault("status", {}).setdefault("phase", "Active")


def _deployment(spec: Json) -> None:
    _fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
    strategy = spec.setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        _fill(strategy.setdefault("rollingUpdate", {}), maxSurge="25%", maxUnavailable="25%")
    _template(spec)


def _controlled(spec: Json) -> None:
    _fill(spec, replicas=1)
    _template(spec)


def _template(spec: Json) -> None:
    template = spec.get("template")
    if isinstance(template, dict):
        template.setdefault("metadata", {})
        _pod(template.setdefault("spec", {}))


def _bare_pod(spec: Json) -> None:
    _pod(spec)
    for container in spec.get("containers") or []:
        if limits := (container["resources"] or {}).get("limits"):
            requests = container["resources"].get("requests") or {}
            container["resources"]["requests"] = {**limits, **requests}  # a pod's default, no template's
    _fill(spec, serviceAccountName="default", serviceAccount="default", enableServiceLinks=True)
    _fill(spec, preemptionPolicy="PreemptLowerPriority", priority=0)


def _pod(spec: Json) -> None:
    _fill(spec, restartPolicy="Always", terminationGracePeriodSeconds=30, dnsPolicy="ClusterFirst")
    _fill(spec, schedulerName="default-scheduler")
    spec.setdefault("securityContext", {})
    for field in ("containers", "initContainers"):
        for container in spec.get(field) or []:
            _container(container)
    for volume in spec.get("volumes") or []:
        for source in ("secret", "configMap"):
            if isinstance(volume.get(source), dict):
                _fill(volume[source], defaultMode=420)


def _container(container: Json) -> None:
    untagged = ":" not in str(container.get("image", "")).rpartition("/")[2]
    latest = untagged or str(container.get("image", "")).endswith(":latest")
    _fill(container, imagePullPolicy="Always" if latest else "IfNotPresent")
    _fill(container, terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File")
    container.setdefault("resources", {})
    for port in container.get("ports") or []:
        _fill(port, protocol="TCP")
    for variable in container.get("env") or []:
        if isinstance(reference := (variable.get("valueFrom") or {}).get("fieldRef"), dict):
            _fill(reference, apiVersion="v1")
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        if isinstance(container.get(probe), dict):
            _fill(container[probe], timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)
            if isinstance(container[probe].get("httpGet"), dict):
                _fill(container[probe]["httpGet"], scheme="HTTP", path="/")


def _service(spec: Json) -> None:
    _fill(spec, type="ClusterIP", sessionAffinity="None", internalTrafficPolicy="Cluster")
    for port in spec.get("ports") or []:
        _fill(port, protocol="TCP", targetPort=port.get("port"))


def _autoscaler(spec: Json) -> None:
    _fill(spec, minReplicas=1)


_FILLERS: dict[str, Callable[[Json], None]] = {
    "Deployment": _deployment,
    "ReplicaSet": _controlled,
    "StatefulSet": _controlled,
    "DaemonSet": _template,
    "Pod": _bare_pod,
    "Service": _service,
    "HorizontalPodAutoscaler": _autoscaler,
}


def _fill(holder: Json, **values: Any) -> None:
    for key, value in values.items():
        holder.setdefault(key, value)
