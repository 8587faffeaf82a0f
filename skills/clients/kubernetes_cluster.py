"""The live cluster: the Protocol of `skills.clients.cluster` over a real Kubernetes API."""

import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from skills.clients import kubernetes_lease
from skills.clients.cluster import Break, Lease, LogLine, LogOptions
from skills.clients.kubernetes_connection import Connection, Timing
from skills.clients.kubernetes_follow import Follower, log_query, read_line
from skills.clients.kubernetes_lease import read_date
from skills.clients.kubernetes_paths import collection_path, group_of, object_path, plural
from skills.clients.kubernetes_watch import Watch, list_all
from skills.contract import Unavailable
from store.plan import ObjectRef, PatchType
from store.values import Json

_CONTENT_TYPES: dict[PatchType, str] = {
    "strategic": "application/strategic-merge-patch+json",
    "merge": "application/merge-patch+json",
}
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_FIELD_MANAGER = "astreinte"
_WHOLE = LogOptions()


class KubernetesCluster:
    """A cluster by kubeconfig and context; the default ones where None. Nothing is loaded before the first request."""

    def __init__(
        self, kubeconfig: Path | None = None, context: str | None = None, timing: Timing | None = None
    ) -> None:
        self._connection = Connection(kubeconfig, context, timing or Timing())

    async def get(self, ref: ObjectRef) -> Json:
        """Return the object."""
        return (await self._connection.send("GET", object_path(ref))).json()

    async def items(self, api: str, kind: str, namespace: str, *, labels: str = "", fields: str = "") -> list[Json]:
        """Return the objects that match the selectors; all pages."""
        asked = [("labelSelector", labels), ("fieldSelector", fields)]
        selectors = [(name, value) for name, value in asked if value]
        about = {"apiVersion": api, "kind": kind}
        return (await list_all(self._connection, collection_path(api, kind, namespace), selectors, about))[0]

    def watch(
        self, api: str, kind: str, namespace: str, *, labels: str = "", on_break: Break | None = None
    ) -> AsyncIterator[tuple[str, Json]]:
        """Yield what changes, those that exist first."""
        about = {"apiVersion": api, "kind": kind}
        return Watch(self._connection, collection_path(api, kind, namespace), labels, about, on_break).changes()

    async def logs(self, namespace: str, pod: str, options: LogOptions = _WHOLE) -> list[LogLine]:
        """Return the lines of a pod's log."""
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
        reply = await self._connection.send("GET", path, log_query(options), seconds=self._connection.timing.logs)
        return [read_line(line) for line in reply.body.split(b"\n") if line]

    def follow(
        self, namespace: str, pod: str, options: LogOptions = _WHOLE, *, on_break: Break | None = None
    ) -> AsyncIterator[LogLine]:
        """Yield a pod's log as it grows."""
        return Follower(self._connection, namespace, pod, options, on_break).lines()

    async def may(self, verb: str, ref: ObjectRef, subresource: str = "") -> tuple[bool, str]:
        """Ask by SelfSubjectAccessReview."""
        attributes = {
            "verb": verb,
            "group": group_of(ref.api),
            "version": ref.api.rpartition("/")[2],
            "resource": plural(ref.kind),
            "subresource": subresource,
            "namespace": ref.namespace,
            "name": ref.name,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {name: value for name, value in attributes.items() if value}},
        }
        status = (await self._connection.send("POST", _REVIEWS, body=review)).json().get("status", {})
        return bool(status.get("allowed")), str(status.get("reason") or status.get("evaluationError") or "")

    async def ping(self) -> float:
        """Time a request for the server's version."""
        begun = time.monotonic()
        await self._connection.send("GET", "/version")
        return time.monotonic() - begun

    async def server_time(self) -> datetime:
        """Read the Date header."""
        return read_date((await self._connection.send("GET", "/version")).date)

    async def patch(
        self, ref: ObjectRef, patch: Json, patch_type: PatchType, *, version: str = "", dry_run: bool = False
    ) -> Json:
        """Patch; the precondition travels in the patch's own metadata."""
        if version:
            patch = {**patch, "metadata": {**patch.get("metadata", {}), "resourceVersion": version}}
        query = [("fieldManager", _FIELD_MANAGER), *([("dryRun", "All")] if dry_run else [])]
        reply = await self._connection.send(
            "PATCH", object_path(ref), query, body=patch, content_type=_CONTENT_TYPES[patch_type]
        )
        return reply.json()

    async def acquire(self, namespace: str, name: str, holder: str, seconds: int) -> Lease:
        """Take or renew a Lease."""
        return await kubernetes_lease.acquire(self._connection, namespace, name, holder, seconds)

    async def release(self, namespace: str, name: str, holder: str) -> None:
        """Give a Lease back."""
        await kubernetes_lease.release(self._connection, namespace, name, holder)

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.close()


class UnconfiguredCluster(KubernetesCluster):
    """Stands for the cluster of a client whose cluster is not configured: whatever is asked, it says so."""

    def __init__(self, client: str) -> None:
        super().__init__()
        self._connection = _NoConnection(client)


class _NoConnection(Connection):
    def __init__(self, client: str) -> None:
        super().__init__(None, None)
        self._client_name = client

    async def _client(self) -> object:
        raise Unavailable(
            f"No cluster is configured for {self._client_name}",
            "",
            "add the client's kubeconfig, context and namespace to the configuration",
        )
