"""A watch that goes on: over cut connections, silent hangs, forgotten versions and a restarted API server."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

from skills.clients.cluster import Break, Forbidden, NotFound
from skills.clients.kubernetes_connection import Connection
from skills.clients.kubernetes_errors import Expired, failure_of
from skills.contract import Unavailable
from store.values import Json

_PAGE = 500

Change = tuple[str, Json]


async def list_all(
    connection: Connection, path: str, selectors: list[tuple[str, str]], about: Json
) -> tuple[list[Json], str]:
    """Return all objects of a collection, page by page, and the version that a watch goes on from.

    A list's items lack their `apiVersion` and `kind`, so `about` is put into each.
    """
    found: list[Json] = []
    token = ""
    while True:
        query = [*selectors, ("limit", str(_PAGE)), *([("continue", token)] if token else [])]
        try:
            page = (await connection.send("GET", path, query)).json()
        except Expired:
            if not token:
                raise
            found, token = [], ""  # the list was too long for its own version: begin again
            continue
        found += [{**about, **item} for item in page.get("items") or ()]
        metadata = page.get("metadata", {})
        token = metadata.get("continue") or ""
        if not token:
            return found, str(metadata.get("resourceVersion", ""))


class Watch:
    """What one watch has seen so far, so that a new list after a gap yields only what differs."""

    def __init__(self, connection: Connection, path: str, labels: str, about: Json, on_break: Break | None) -> None:
        self._connection, self._path, self._about = connection, path, about
        self._selectors = [("labelSelector", labels)] if labels else []
        self._tell = on_break or (lambda _reason: None)
        self._seen: dict[str, Json] = {}
        self._version = ""
        self._failures = 0

    async def changes(self) -> AsyncIterator[Change]:
        """Yield the changes, those that exist first; never ends by itself."""
        timing = self._connection.timing
        while True:
            try:
                if not self._version:
                    objects, self._version = await list_all(self._connection, self._path, self._selectors, self._about)
                    self._resumed()
                    for change in self._compare(objects):
                        yield change
                async for change in self._stream():
                    yield change
                await asyncio.sleep(timing.pause(1))  # a server that ends each watch at once is not to be stormed
            except Expired as forgotten:
                self._version = ""
                self._failures += 1
                self._tell(forgotten.detail)
                await asyncio.sleep(timing.pause(1))
            except (Forbidden, NotFound):
                raise
            except Unavailable as broken:
                self._failures += 1
                self._tell(broken.detail or broken.title)
                await asyncio.sleep(timing.pause(self._failures))

    def _resumed(self) -> None:
        if self._failures:
            self._failures = 0
            self._tell("")

    def _compare(self, objects: list[Json]) -> Iterator[Change]:
        """Yield what a new list changes in what was seen."""
        now = {_identity(item): item for item in objects}
        for identity, item in self._seen.items():
            if identity not in now:
                yield "DELETED", item
        for identity, item in now.items():
            old = self._seen.get(identity)
            if old is None or _version(old) != _version(item):
                yield "MODIFIED" if old else "ADDED", item
        self._seen = now

    async def _stream(self) -> AsyncIterator[Change]:
        timing = self._connection.timing
        query = [
            *self._selectors,
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", self._version),
            ("timeoutSeconds", str(max(1, round(timing.watch)))),
        ]
        async with self._connection.stream(self._path, query, timing.watch + timing.grace) as lines:
            self._resumed()
            async for line in lines:
                if line.strip() and (change := self._read(line)):
                    yield change

    def _read(self, line: bytes) -> Change | None:
        """Take in one event of the stream; None for a bookmark."""
        try:
            event = json.loads(line)
        except ValueError as cut:
            raise Unavailable("The watch was cut", f"{self._path}: half an event") from cut
        kind, item = event.get("type", ""), event.get("object", {})
        if kind == "ERROR":
            raise failure_of(int(item.get("code", 500)), item, f"watch {self._path}", self._connection.name)
        self._version = _version(item) or self._version
        if kind == "BOOKMARK":
            return None
        if kind == "DELETED":
            self._seen.pop(_identity(item), None)
        else:
            self._seen[_identity(item)] = item
        return kind, item


def _identity(item: Json) -> str:
    metadata = item.get("metadata", {})
    return str(metadata.get("uid") or f"{metadata.get('namespace')}/{metadata.get('name')}")


def _version(item: Json) -> str:
    return str(item.get("metadata", {}).get("resourceVersion", ""))
