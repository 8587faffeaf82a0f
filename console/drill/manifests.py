"""The scenario's cluster as Kubernetes objects, as `kubectl get -o json` would show what was applied."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.drill.accounts import DrillKeys
from console.drill.blueprint import Workload
from console.drill.scenario import Scenario

Json = dict[str, Any]


def objects(scenario: Scenario, keys: DrillKeys) -> Iterator[Json]:
    """Everything but the deployments: namespace, nodes, configuration, services."""
    cluster = scenario.cluster
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": cluster.namespace}}
    for name in cluster.nodes:
        yield node(name)
    for name, values in cluster.secrets.items():
        yield secret(cluster.namespace, name, {key: _secret_value(value, keys) for key, value in values.items()})
    for name, values in cluster.config_maps.items():
        meta = _metadata(cluster.namespace, name, {})
        yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": dict(values)}
    for workload in cluster.workloads:
        yield service(cluster.namespace, workload)


def _secret_value(value: str, keys: DrillKeys) -> str:
    return {"stripe:current": keys.current, "stripe:webhook": keys.pods_webhook}.get(value, value)


def node(name: str) -> Json:
    """A worker with four cores."""
    resources = {"cpu": "4", "memory": "16Gi", "pods": "110"}
    condition = {
        "type": "Ready",
        "status": "True",
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {"capacity": resources, "allocatable": resources, "conditions": [condition]},
    }


def secret(namespace: str, name: str, values: Mapping[str, str]) -> Json:
    """An opaque secret."""
    meta = _metadata(namespace, name, {})
    return {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": meta, "stringData": dict(values)}


def service(namespace: str, workload: Workload) -> Json:
    """The service before a workload's pods."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(namespace, workload.name, {"app": workload.name}),
        "spec": {
            "selector": {"app": workload.name},
            "ports": [{"name": "http", "port": 80, "targetPort": workload.port, "protocol": "TCP"}],
        },
    }


def deployment(namespace: str, workload: Workload) -> Json:
    """A workload's deployment."""
    labels = {"app": workload.name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(namespace, workload.name, labels),
        "spec": {
            "replicas": workload.replicas,
            "strategy": {"type": "Recreate" if workload.recreate else "RollingUpdate"},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container(workload)]}},
        },
    }


def container(workload: Workload) -> Json:
    """The one container of a workload's pods."""
    resources = {"cpu": workload.cpu, "memory": workload.memory}
    return {
        "name": workload.name,
        "image": workload.image,
        "ports": [{"containerPort": workload.port, "protocol": "TCP"}],
        "env": [
            *({"name": name, "value": value} for name, value in workload.env.items()),
            *(_reference(name, place, "secretKeyRef") for name, place in workload.secret_env.items()),
            *(_reference(name, place, "configMapKeyRef") for name, place in workload.config_env.items()),
        ],
        "resources": {"requests": resources, "limits": {"memory": workload.memory}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": workload.port}, "periodSeconds": 5},
    }


def _reference(variable: str, place: str, kind: str) -> Json:
    name, _, key = place.partition("/")
    return {"name": variable, "valueFrom": {kind: {"name": name, "key": key}}}


def _metadata(namespace: str, name: str, labels: Mapping[str, str]) -> Json:
    return {"name": name, "namespace": namespace, **({"labels": dict(labels)} if labels else {})}
