"""How a console finds the world of its store: it attaches to the living one, or starts it.

Nothing here imports a server: attaching costs one file and one request.
"""

import fcntl
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from console.drill import handshake
from console.drill import scenario as scenarios
from console.drill.handshake import Handshake
from console.drill.places import Places, places

Json = dict[str, Any]
PATIENCE = 30.0
IDLE_MINUTES = 15.0


class WorldFailed(RuntimeError):
    """The world did not start, or did not answer; its text says what its log ends with."""


@dataclass(frozen=True)
class WorldHandle:
    """A living world, as the console sees it."""

    handshake: Handshake

    @property
    def scenario(self) -> str:
        """The name of its scenario."""
        return self.handshake.scenario

    @property
    def config_path(self) -> Path:
        """The console's configuration (TOML) for this world."""
        return self.handshake.config

    def now(self) -> datetime:
        """The world's instant, without asking it."""
        return self.handshake.clock.now()

    def facts(self) -> Json:
        """The scenario's facts: what a good answer is, where the servers listen."""
        return self.ask("GET", "/facts")

    def requests(self, server: str, after: int = 0) -> list[Json]:
        """What `server` (kubernetes, stripe, shop, smtp, alerts) was asked, oldest first."""
        found: list[Json] = self.ask("GET", f"/requests?server={server}&after={after}")["requests"]
        return found

    def switch(self, **faults: Json) -> Json:
        """Set fault switches by server, such as `stripe={"trouble": "outage"}`; returns all of them."""
        return self.ask("POST", "/faults", faults)

    def heartbeat(self) -> None:
        """Say that the world is still wanted."""
        self.ask("POST", "/heartbeat")

    def operator_key(self, kind: str = "new") -> str:
        """The key that the drill's operator would be handed; other kinds are wrong in the way they say."""
        return str(self.ask("GET", f"/operator-key?kind={kind}")["key"])

    def stop(self) -> None:
        """End the world and wait until its files are gone."""
        self.ask("POST", "/stop")
        alive = Places(self.handshake.state).alive
        _wait(lambda: not _held(alive), "the world did not end", Places(self.handshake.state))

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """Ask the control endpoint.

        Raises:
            WorldFailed: no answer, or a refusal with its reason.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.handshake.control, timeout=10)
        headers = {"Authorization": f"Bearer {self.handshake.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            document: Json = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise WorldFailed(f"the drill's world does not answer ({error})") from error
        finally:
            connection.close()
        if answer.status != 200:
            raise WorldFailed(f"the drill's world refused {path}: {document.get('error', answer.status)}")
        return document


def start_world(
    store: Path,
    scenario: str = scenarios.DEFAULT,
    speed: float = 1.0,
    *,
    idle_minutes: float = IDLE_MINUTES,
    not_before: datetime | None = None,
) -> WorldHandle:
    """Attach to the world of `store`, or start it with `scenario` and wait until it serves.

    A living world keeps its scenario, speed and clock, whatever is asked here. `not_before` is the last
    instant that the store knows: a new world's clock does not start earlier.

    Raises:
        WorldFailed: it did not come up; UnknownScenario: there is none of that name.
    """
    where = places(store)
    with _locked(where.starting):
        if (living := _attached(where)) is not None:
            return living
        _spawn(where, scenario, speed, idle_minutes, not_before)
        return WorldHandle(_met(where))


def find_world(store: Path) -> WorldHandle | None:
    """The living world of `store`, or None."""
    where = places(store)
    if not where.alive.exists() or not _held(where.alive):
        return None
    found = handshake.read(where.state)
    return WorldHandle(found) if found else None


def _attached(where: Places) -> WorldHandle | None:
    """The living world; None where there is none, or where it was just about to end and has ended now."""
    if not _held(where.alive):
        return None
    _wait(lambda: handshake.read(where.state) is not None or not _held(where.alive), "no handshake", where)
    found = handshake.read(where.state)
    try:
        if found is not None:
            WorldHandle(found).heartbeat()
            return WorldHandle(found)
    except WorldFailed:
        _wait(lambda: not _held(where.alive), "the drill's world hangs", where)
    return None


def _spawn(where: Places, scenario: str, speed: float, idle_minutes: float, not_before: datetime | None) -> None:
    scenarios.load(scenario)
    where.state.mkdir(mode=0o700, exist_ok=True)
    handshake.handshake_file(where.state).unlink(missing_ok=True)
    command = [sys.executable, "-m", "console.drill.world", "--state", str(where.state), "--scenario", scenario]
    command += ["--speed", str(speed), "--idle-minutes", str(idle_minutes)]
    command += ["--not-before", not_before.isoformat()] if not_before else []
    with where.log.open("ab") as log:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if done.returncode:
        raise WorldFailed(_last_words(where, "the drill's world did not start"))


def _met(where: Places) -> Handshake:
    """The handshake, once it is there."""
    _wait(lambda: handshake.read(where.state) is not None or not _held(where.alive), "no handshake", where)
    found = handshake.read(where.state)
    if found is None:
        raise WorldFailed(_last_words(where, "the drill's world ended before it served"))
    return found


def _wait(condition: Any, complaint: str, where: Places) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise WorldFailed(_last_words(where, complaint))
        time.sleep(0.01)


def _last_words(where: Places, complaint: str) -> str:
    try:
        words = where.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        words = []
    return f"{complaint}: {words[-1]} ({where.log})" if words else complaint


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
