"""A Lease as a lock between consoles: taken, renewed and given back under its resourceVersion.

Whether it has run out is told by the API server's clock, so that hosts whose clocks differ agree.
"""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from skills.clients.cluster import Conflict, Lease, NotFound
from skills.clients.kubernetes_connection import Connection
from skills.clients.kubernetes_paths import collection_path
from skills.contract import Unavailable
from store.values import Json

_API, _KIND = "coordination.k8s.io/v1", "Lease"


async def acquire(connection: Connection, namespace: str, name: str, holder: str, seconds: int) -> Lease:
    """Take the Lease, or renew it where it is ours; `held` is False where another holds it or was quicker."""
    path = collection_path(_API, _KIND, namespace)
    try:
        reply = await connection.send("GET", f"{path}/{name}")
    except NotFound:
        return await _create(connection, path, name, holder, seconds)
    live, now = reply.json(), read_date(reply.date)
    spec = live.get("spec", {})
    owner = spec.get("holderIdentity") or ""
    if owner not in ("", holder) and not _run_out(spec, now):
        return Lease(held=False, holder=owner, name=name)
    if owner != holder:
        spec = {**spec, "acquireTime": _micro(now), "leaseTransitions": spec.get("leaseTransitions", 0) + 1}
    wanted = {**spec, "holderIdentity": holder, "leaseDurationSeconds": seconds, "renewTime": _micro(now)}
    try:
        await connection.send("PUT", f"{path}/{name}", body={**live, "spec": wanted})
    except Conflict:
        return Lease(held=False, holder=await _owner(connection, f"{path}/{name}"), name=name)
    return Lease(held=True, holder=holder, name=name)


async def release(connection: Connection, namespace: str, name: str, holder: str) -> None:
    """Give the Lease back, if it is ours."""
    path = f"{collection_path(_API, _KIND, namespace)}/{name}"
    try:
        live = (await connection.send("GET", path)).json()
        if live.get("spec", {}).get("holderIdentity") == holder:
            freed = {**live["spec"], "holderIdentity": "", "leaseDurationSeconds": 1}
            await connection.send("PUT", path, body={**live, "spec": freed})
    except (NotFound, Conflict):
        return  # another has it already


def read_date(header: str) -> datetime:
    """Return the instant of a Date header.

    Raises:
        Unavailable: there is none.
    """
    try:
        return parsedate_to_datetime(header)
    except ValueError as error:
        raise Unavailable("The cluster does not tell its time", f"Date: {header!r}") from error


async def _create(connection: Connection, path: str, name: str, holder: str, seconds: int) -> Lease:
    now = _micro(read_date((await connection.send("GET", "/version")).date))
    spec = {"holderIdentity": holder, "leaseDurationSeconds": seconds, "acquireTime": now, "renewTime": now}
    body = {"apiVersion": _API, "kind": _KIND, "metadata": {"name": name}, "spec": spec}
    try:
        await connection.send("POST", path, body=body)
    except Conflict:
        return Lease(held=False, holder=await _owner(connection, f"{path}/{name}"), name=name)
    return Lease(held=True, holder=holder, name=name)


async def _owner(connection: Connection, path: str) -> str:
    live = (await connection.send("GET", path)).json()
    return str(live.get("spec", {}).get("holderIdentity") or "")


def _run_out(spec: Json, now: datetime) -> bool:
    try:
        renewed = datetime.fromisoformat(spec["renewTime"])
    except (KeyError, TypeError, ValueError):
        return True
    return renewed + timedelta(seconds=spec.get("leaseDurationSeconds") or 0) < now


def _micro(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
