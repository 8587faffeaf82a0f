"""What the cases put into the cluster: small, and valid on a real one."""

import base64
from typing import Any

from tests.conformance.cluster_under_test import RUN_LABEL, ClusterUnderTest, Json


def encoded(value: str) -> str:
    """Return a value as a Secret's `data` holds it."""
    return base64.b64encode(value.encode()).decode()


def secret(cluster: ClusterUnderTest, what: str = "secret", **values: str) -> Json:
    """Return a Secret."""
    data = {key: encoded(value) for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": cluster.metadata(what), "data": data}


def config_map(cluster: ClusterUnderTest, what: str = "settings", **values: str) -> Json:
    """Return a ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": cluster.metadata(what), "data": values}


def container(cluster: ClusterUnderTest, **more: Any) -> Json:
    """Return a container that starts, and does nothing."""
    return {"name": "app", "image": cluster.image, **more}


def pod(cluster: ClusterUnderTest, what: str = "pod", **more: Any) -> Json:
    """Return a pod of one container."""
    spec = {"containers": [container(cluster, **more)], "terminationGracePeriodSeconds": 0}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": cluster.metadata(what), "spec": spec}


def deployment(cluster: ClusterUnderTest, what: str = "web", replicas: int = 2, **more: Any) -> Json:
    """Return a Deployment."""
    labels = {"app": cluster.name(what), RUN_LABEL: cluster.run}
    spec = {"containers": [container(cluster, **more)], "terminationGracePeriodSeconds": 0}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": cluster.metadata(what),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": cluster.name(what)}},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }
