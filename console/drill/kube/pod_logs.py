"""`pods/log`: a container's lines, now, before its restart, or as they come."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from aiohttp import web

from console.drill.kube.asked import Asked
from console.drill.kube.bell import heard_within
from console.drill.kube.faults import Faults
from console.drill.kube.kinds import Json
from console.drill.kube.logs import Line, Logs, Run
from console.drill.kube.objects import Objects
from console.drill.kube.status import bad_request

_LOOK_UP_SECONDS = 0.5


async def pod_log(
    request: web.Request, objects: Objects, logs: Logs, asked: Asked, faults: Faults
) -> web.StreamResponse:
    """Answer with a container's log, or follow it."""
    pod = objects.get(asked.kind, asked.namespace, asked.name)
    container = _container(pod, asked)
    run = _run(pod, container, logs, asked)
    start = run.since(since) if (since := _since(objects, asked)) else 0
    if "tailLines" in asked.query:
        start = max(start, run.count - max(asked.number("tailLines", 0), 0))
    stamped = asked.says("timestamps")
    lines = run.after(start)
    seen = run.count
    text = _text(lines, stamped=stamped)
    if "limitBytes" in asked.query:
        text = text[: asked.number("limitBytes", 0)]
    if not asked.says("follow"):
        return web.Response(body=text, content_type="text/plain", charset="utf-8")
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    with suppress(ConnectionResetError):
        await response.write(text)
        await _follow(request, response, run, seen, faults, stamped=stamped)
        await response.write_eof()
    return response


async def _follow(
    request: web.Request, response: web.StreamResponse, run: Run, seen: int, faults: Faults, *, stamped: bool
) -> None:
    with run.grown.listen() as heard:
        while request.transport is not None and not request.transport.is_closing():
            heard.clear()
            ended, news = run.ended, run.after(seen)
            if faults.hang_watches:
                await asyncio.sleep(_LOOK_UP_SECONDS)
                continue
            seen = run.count
            if news:
                await response.write(_text(news, stamped=stamped))
            if ended:
                return
            await heard_within(heard, _LOOK_UP_SECONDS)


def _container(pod: Json, asked: Asked) -> str:
    names: list[str] = [each["name"] for each in pod["spec"]["containers"]]
    wanted = asked.query.get("container", "")
    if not wanted and len(names) > 1:
        listed = " ".join(names)
        raise bad_request(f"a container name must be specified for pod {asked.name}, choose one of: [{listed}]")
    if wanted and wanted not in names:
        raise bad_request(f"container {wanted} is not valid for pod {asked.name}")
    return wanted or names[0]


def _run(pod: Json, container: str, logs: Logs, asked: Asked) -> Run:
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {asked.name} does not have a host assigned")
    statuses = pod.get("status", {}).get("containerStatuses") or []
    status: Json = next((each for each in statuses if each["name"] == container), {})
    waiting, where = status.get("state", {}).get("waiting"), (asked.namespace, asked.name, container)
    if asked.says("previous"):
        # a container that waits for its restart has no current run: the one that ended last is the previous
        run = logs.current(where) if waiting and status.get("lastState") else logs.previous(where)
        if run is None:
            raise bad_request(f'previous terminated container "{container}" in pod "{asked.name}" not found')
        return run
    if (waiting or not status) and not status.get("lastState"):
        reason = (waiting or {}).get("reason", "ContainerCreating")
        told = "trying and failing to pull image" if "ImagePull" in reason else reason
        raise bad_request(f'container "{container}" in pod "{asked.name}" is waiting to start: {told}')
    return logs.current(where)


def _text(lines: list[Line], *, stamped: bool) -> bytes:
    return "".join(_line(at, line, stamped=stamped) for at, line in lines).encode()


def _line(at: datetime, line: str, *, stamped: bool) -> str:
    if not stamped:
        return f"{line}\n"
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}000Z {line}\n"


def _since(objects: Objects, asked: Asked) -> datetime | None:
    if "sinceSeconds" in asked.query:
        return objects.now() - timedelta(seconds=asked.number("sinceSeconds", 0))
    if "sinceTime" in asked.query:
        try:
            return datetime.fromisoformat(asked.query["sinceTime"])
        except ValueError:
            raise bad_request(f'invalid sinceTime "{asked.query["sinceTime"]}"') from None
    return None
