"""The kinds that are served: a table, so that one more is one more line."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A resource. `generation` says that its spec is versioned, `status` that it has a status subresource."""

    api: str
    kind: str
    plural: str
    namespaced: bool = True
    generation: bool = False
    status: bool = False
    scale: bool = False
    short: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The API group, empty for the core."""
        return self.api.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version within the group."""
        return self.api.rpartition("/")[2]


KINDS = (
    Kind("v1", "Namespace", "namespaces", namespaced=False, status=True, short=("ns",)),
    Kind("v1", "Node", "nodes", namespaced=False, status=True, short=("no",)),
    Kind("v1", "Pod", "pods", status=True, short=("po",)),
    Kind("v1", "Service", "services", status=True, short=("svc",)),
    Kind("v1", "Endpoints", "endpoints", short=("ep",)),
    Kind("v1", "ConfigMap", "configmaps", short=("cm",)),
    Kind("v1", "Secret", "secrets"),
    Kind("v1", "Event", "events", short=("ev",)),
    Kind("v1", "ResourceQuota", "resourcequotas", status=True, short=("quota",)),
    Kind("v1", "ServiceAccount", "serviceaccounts", short=("sa",)),
    Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", status=True, short=("pvc",)),
    Kind("apps/v1", "Deployment", "deployments", generation=True, status=True, scale=True, short=("deploy",)),
    Kind("apps/v1", "ReplicaSet", "replicasets", generation=True, status=True, scale=True, short=("rs",)),
    Kind("apps/v1", "StatefulSet", "statefulsets", generation=True, status=True, scale=True, short=("sts",)),
    Kind("apps/v1", "DaemonSet", "daemonsets", generation=True, status=True, short=("ds",)),
    Kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", status=True, short=("hpa",)),
    Kind("coordination.k8s.io/v1", "Lease", "leases"),
    Kind("networking.k8s.io/v1", "Ingress", "ingresses", generation=True, status=True, short=("ing",)),
    Kind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
)
BY_PLURAL = {(kind.api, kind.plural): kind for kind in KINDS}
BY_KIND = {(kind.api, kind.kind): kind for kind in KINDS}


def kind_named(name: str) -> Kind:
    """Return a kind by its name alone, such as `Pod`."""
    return _BY_NAME[name]


_BY_NAME = {kind.kind: kind for kind in KINDS}
