"""The endpoints controller: a Service's ready pods, as Endpoints and as an EndpointSlice."""

from console.drill.kube.deletion import remove
from console.drill.kube.kinds import Json, Kind, kind_named
from console.drill.kube.objects import Objects
from console.drill.kube.replicas import is_ready, owner_reference

_SERVICE, _POD = kind_named("Service"), kind_named("Pod")
_ENDPOINTS, _SLICE = kind_named("Endpoints"), kind_named("EndpointSlice")


class EndpointsController:
    """Takes every Service with a selector on."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def sync(self) -> None:
        """Write the endpoints, and remove those of Services that are gone."""
        services = self._objects.all(_SERVICE)
        for service in services:
            if service["spec"].get("selector"):
                self._sync_service(service)
        names = {(each["metadata"]["namespace"], each["metadata"]["name"]) for each in services}
        for each in self._objects.all(_ENDPOINTS):
            if (each["metadata"]["namespace"], each["metadata"]["name"]) not in names:
                remove(self._objects, _ENDPOINTS, each)

    def _sync_service(self, service: Json) -> None:
        mine, wanted = service["metadata"], service["spec"]["selector"]
        pods = [
            pod
            for pod in self._objects.all(_POD, mine["namespace"])
            if wanted.items() <= (pod["metadata"].get("labels") or {}).items()
            and pod.get("status", {}).get("podIP")
            and "deletionTimestamp" not in pod["metadata"]
        ]
        self._write_endpoints(service, pods)
        self._write_slice(service, pods)

    def _write_endpoints(self, service: Json, pods: list[Json]) -> None:
        ready, unready = [pod for pod in pods if is_ready(pod)], [pod for pod in pods if not is_ready(pod)]
        groups = {"addresses": ready, "notReadyAddresses": unready}
        addresses = {name: [_address(pod) for pod in group] for name, group in groups.items() if group}
        subsets = [{**addresses, "ports": _ports(service)}] if addresses else []
        self._put(_ENDPOINTS, service, {"metadata": {"name": service["metadata"]["name"]}, "subsets": subsets})

    def _write_slice(self, service: Json, pods: list[Json]) -> None:
        name = service["metadata"]["name"]
        metadata = {
            "name": f"{name}-{service['metadata']['uid'][:5]}",
            "labels": {"kubernetes.io/service-name": name},
            "ownerReferences": [owner_reference(service)],
        }
        endpoints = [
            {
                "addresses": [pod["status"]["podIP"]],
                "conditions": {"ready": is_ready(pod), "serving": is_ready(pod), "terminating": False},
                "nodeName": pod["spec"]["nodeName"],
                "targetRef": _reference(pod),
            }
            for pod in pods
        ]
        wanted = {"metadata": metadata, "addressType": "IPv4", "endpoints": endpoints, "ports": _ports(service)}
        self._put(_SLICE, service, wanted)

    def _put(self, kind: Kind, service: Json, wanted: Json) -> None:
        namespace = service["metadata"]["namespace"]
        live = self._objects.find(kind, namespace, wanted["metadata"]["name"])
        if live is None:
            self._objects.create(kind, {**wanted, "metadata": {**wanted["metadata"], "namespace": namespace}})
        else:
            self._objects.update(kind, {**live, **wanted, "metadata": live["metadata"]})


def _address(pod: Json) -> Json:
    return {"ip": pod["status"]["podIP"], "nodeName": pod["spec"]["nodeName"], "targetRef": _reference(pod)}


def _reference(pod: Json) -> Json:
    mine = pod["metadata"]
    return {"kind": "Pod", "name": mine["name"], "namespace": mine["namespace"], "uid": mine["uid"]}


def _ports(service: Json) -> list[Json]:
    return [
        {
            "port": port["targetPort"] if isinstance(port.get("targetPort"), int) else port["port"],
            "protocol": port.get("protocol", "TCP"),
            **({"name": port["name"]} if port.get("name") else {}),
        }
        for port in service["spec"].get("ports") or []
    ]
