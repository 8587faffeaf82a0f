"""List in pages, watch, logs."""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from aiohttp import web

from console.drill.kube.asked import Asked
from console.drill.kube.faults import Faults
from console.drill.kube.kinds import Json
from console.drill.kube.logs import Logs
from console.drill.kube.objects import Objects
from console.drill.kube.selectors import matches_fields, matches_labels
from console.drill.kube.status import Refusal, bad_request

_POLL_SECONDS = 0.03
_BOOKMARK_SECONDS = 10.0
_DEFAULT_WATCH_SECONDS = 1800.0


def _selected(asked: Asked, obj: Json) -> bool:
    metadata = obj["metadata"]
    if asked.namespace and metadata.get("namespace") != asked.namespace:
        return False
    labels, fields = asked.query.get("labelSelector", ""), asked.query.get("fieldSelector", "")
    return matches_labels(metadata.get("labels") or {}, labels) and matches_fields(obj, fields)


def listing(objects: Objects, asked: Asked) -> Json:
    """Return a list, a page of it where a limit is given."""
    items = [obj for obj in objects.all(asked.kind, asked.namespace) if _selected(asked, obj)]
    start = _continued(asked.query.get("continue", ""))
    limit = int(asked.query.get("limit", "0") or 0)
    page = items[start : start + limit] if limit else items[start:]
    metadata: Json = {"resourceVersion": str(objects.version)}
    if limit and start + limit < len(items):
        metadata["continue"] = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
        metadata["remainingItemCount"] = len(items) - start - limit
    return {"kind": f"{asked.kind.kind}List", "apiVersion": asked.kind.api, "metadata": metadata, "items": page}


def _continued(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token))
    except ValueError:
        raise bad_request("continue key is not valid") from None


async def watch(request: web.Request, objects: Objects, asked: Asked, faults: Faults) -> web.StreamResponse:
    """Stream the changes of a list from a version on, until the asked time is over."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    end = time.monotonic() + float(asked.query.get("timeoutSeconds", _DEFAULT_WATCH_SECONDS))
    with suppress(ConnectionResetError):
        version = await _begin(response, objects, asked)
        marked = time.monotonic()
        while time.monotonic() < end:
            if not faults.hang_watches:
                try:
                    version = await _tell(response, objects, asked, version)
                except Refusal as refusal:
                    await _say(response, "ERROR", refusal.status)
                    break
                if time.monotonic() - marked > _BOOKMARK_SECONDS and asked.query.get("allowWatchBookmarks") == "true":
                    marked = time.monotonic()
                    await _say(response, "BOOKMARK", _bookmark(asked, version))
            await asyncio.sleep(_POLL_SECONDS)
        await response.write_eof()
    return response


async def _begin(response: web.StreamResponse, objects: Objects, asked: Asked) -> int:
    """Tell what exists, where the client names no version, and return the version to go on from."""
    wanted, initial = asked.query.get("resourceVersion", ""), asked.query.get("sendInitialEvents") == "true"
    if wanted.isdigit() and wanted != "0" and not initial:
        return int(wanted)
    version = objects.version
    for obj in objects.all(asked.kind, asked.namespace):
        if _selected(asked, obj):
            await _say(response, "ADDED", obj)
    if initial:
        await _say(response, "BOOKMARK", _bookmark(asked, version, initial=True))
    return version


async def _tell(response: web.StreamResponse, objects: Objects, asked: Asked, version: int) -> int:
    for number, event, found in _news(objects, asked, version):
        version = number
        if found is not None:
            await _say(response, event, found)
    return version


def _news(objects: Objects, asked: Asked, version: int) -> Iterator[tuple[int, str, Json | None]]:
    for number, event, kind, obj in objects.since(version):
        wanted = kind is asked.kind and _selected(asked, obj)
        yield number, event, obj if wanted else None


def _bookmark(asked: Asked, version: int, *, initial: bool = False) -> Json:
    metadata: Json = {"resourceVersion": str(version), "creationTimestamp": None}
    if initial:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    return {"kind": asked.kind.kind, "apiVersion": asked.kind.api, "metadata": metadata}


async def _say(response: web.StreamResponse, event: str, obj: Json) -> None:
    await response.write(json.dumps({"type": event, "object": obj}).encode() + b"\n")


async def pod_log(
    request: web.Request, objects: Objects, logs: Logs, asked: Asked, faults: Faults
) -> web.StreamResponse:
    """Answer with a container's log, or follow it."""
    pod = objects.get(asked.kind, asked.namespace, asked.name)
    query = asked.query
    containers = [container["name"] for container in pod["spec"]["containers"]]
    container = query.get("container") or containers[0]
    if container not in containers:
        raise bad_request(f"container {container} is not valid for pod {asked.name}")
    where = (asked.namespace, asked.name, container)
    lines = logs.lines(where, previous=query.get("previous") == "true")
    if lines is None:
        raise bad_request(f'previous terminated container "{container}" in pod "{asked.name}" not found')
    waiting = _waiting(pod, container)
    if waiting and not lines:
        raise bad_request(f'container "{container}" in pod "{asked.name}" is waiting to start: {waiting}')
    since = _since(objects, query)
    kept = [entry for entry in lines if since is None or entry[0] >= since]
    if "tailLines" in query:
        tail = int(query["tailLines"])
        kept = kept[-tail:] if tail else []
    stamped = query.get("timestamps") == "true"
    text = "".join(_line(at, line, stamped=stamped) for at, line in kept).encode()
    if "limitBytes" in query:
        text = text[: int(query["limitBytes"])]
    if query.get("follow") != "true":
        return web.Response(body=text, content_type="text/plain", charset="utf-8")
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    with suppress(ConnectionResetError):
        await response.write(text)
        async for at, line in logs.follow(where, len(lines)):
            while faults.hang_watches:
                await asyncio.sleep(_POLL_SECONDS)
            await response.write(_line(at, line, stamped=stamped).encode())
        await response.write_eof()
    return response


def _line(at: datetime, line: str, *, stamped: bool) -> str:
    if not stamped:
        return f"{line}\n"
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}000Z {line}\n"


def _waiting(pod: Json, container: str) -> str:
    for status in pod.get("status", {}).get("containerStatuses", []):
        if status["name"] == container and "waiting" in status.get("state", {}):
            return str(status["state"]["waiting"]["reason"])
    return "" if pod.get("status", {}).get("containerStatuses") else "ContainerCreating"


def _since(objects: Objects, query: dict[str, str]) -> datetime | None:
    if "sinceSeconds" in query:
        return objects.now() - timedelta(seconds=int(query["sinceSeconds"]))
    if "sinceTime" in query:
        return datetime.fromisoformat(query["sinceTime"])
    return None
