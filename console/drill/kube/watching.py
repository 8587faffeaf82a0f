"""Watches: what changes in a list, from a version on, until the asked time is over or the client goes."""

import asyncio
import json
import time
from contextlib import suppress

from aiohttp import web

from console.drill.kube.asked import Asked
from console.drill.kube.bell import heard_within
from console.drill.kube.faults import Faults
from console.drill.kube.kinds import Json
from console.drill.kube.listing import selected
from console.drill.kube.objects import Change, Objects
from console.drill.kube.status import Refusal, bad_request

BOOKMARK_SECONDS = 10.0
_LOOK_UP_SECONDS = 0.5
_DEFAULT_SECONDS = 1800


class Watch:
    """One watch of one client."""

    def __init__(self, request: web.Request, objects: Objects, asked: Asked, faults: Faults) -> None:
        self._request, self._objects, self._asked, self._faults = request, objects, asked, faults
        self._response = web.StreamResponse(headers={"Content-Type": "application/json"})
        self._end = time.monotonic() + asked.number("timeoutSeconds", _DEFAULT_SECONDS)
        self._version = 0

    async def run(self) -> web.StreamResponse:
        """Stream."""
        wanted = self._asked.query.get("resourceVersion", "")
        if wanted and not wanted.isdigit():
            raise bad_request(f'invalid resource version "{wanted}"')
        initial = self._asked.says("sendInitialEvents")
        if initial and self._asked.query.get("resourceVersionMatch") != "NotOlderThan":
            why = 'resourceVersionMatch: Forbidden: sendInitialEvents requires setting it to "NotOlderThan"'
            raise Refusal(422, "Invalid", f"ListOptions.meta.k8s.io is invalid: {why}")
        await self._response.prepare(self._request)
        with suppress(ConnectionResetError), self._objects.changed.listen() as heard:
            try:
                await self._begin(wanted, initial=initial)
                await self._follow(heard)
            except Refusal as refusal:
                await self._say("ERROR", refusal.status)
            await self._response.write_eof()
        return self._response

    async def _begin(self, wanted: str, *, initial: bool) -> None:
        """Tell what exists, where no version is named or it is asked for."""
        if wanted not in ("", "0") and not initial:
            self._version = int(wanted)
            return
        self._version = self._objects.version
        for obj in self._objects.all(self._asked.kind, self._asked.namespace):
            if selected(self._asked, obj):
                await self._say("ADDED", obj)
        if initial and self._asked.says("allowWatchBookmarks"):
            await self._mark({"k8s.io/initial-events-end": "true"})

    async def _follow(self, heard: asyncio.Event) -> None:
        marked = time.monotonic()
        while (now := time.monotonic()) < self._end and not self._is_gone():
            heard.clear()
            if not self._faults.hang_watches:
                for change in self._objects.since(self._version):
                    await self._tell(change)
                if now - marked > BOOKMARK_SECONDS:
                    marked = now
                    await self._mark()
            await heard_within(heard, min(self._end - now, _LOOK_UP_SECONDS))
        if not self._faults.hang_watches:
            await self._mark()

    def _is_gone(self) -> bool:
        transport = self._request.transport
        return transport is None or transport.is_closing()

    async def _tell(self, change: Change) -> None:
        """Tell a change as the selectors see it: what begins to match is added, what ceases to is deleted."""
        self._version = change.version
        if change.kind is not self._asked.kind:
            return
        now = change.event != "DELETED" and selected(self._asked, change.obj)
        before = change.before is not None and selected(self._asked, change.before)
        if now:
            await self._say("MODIFIED" if before else "ADDED", change.obj)
        elif before:
            await self._say("DELETED", change.obj)

    async def _mark(self, annotations: dict[str, str] | None = None) -> None:
        if self._asked.says("allowWatchBookmarks"):
            metadata: Json = {"resourceVersion": str(self._version), "creationTimestamp": None}
            metadata |= {"annotations": annotations} if annotations else {}
            kind = self._asked.kind
            await self._say("BOOKMARK", {"kind": kind.kind, "apiVersion": kind.api, "metadata": metadata})

    async def _say(self, event: str, obj: Json) -> None:
        await self._response.write(json.dumps({"type": event, "object": obj}).encode() + b"\n")
