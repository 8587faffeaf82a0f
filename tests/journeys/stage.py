"""Where a journey takes place: a store, a world, a home of its own, and what the world's servers were asked."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.drill.process import WorldHandle, find_world, start_world
from store.events import Event
from store.ledger import LocalLedger
from tests.journeys.terminal import Terminal

Json = dict[str, Any]
ASTREINTE = (sys.executable, "-m", "console.cli")
_XDG = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "HOME", "TMPDIR")
_NO_WRITE = ("GET", "HEAD", "OPTIONS")


def environment(directory: Path) -> dict[str, str]:
    """An environment in which everything that is written lands below `directory`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ASTREINTE_", "LC_"))}
    for name in _XDG:
        place = directory / "home" / name.lower()
        place.mkdir(parents=True, mode=0o700)
        env[name] = str(place)
    return {**env, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


@dataclass
class Stage:
    """One store with its world. Terminals and worlds that a journey leaves are ended by `strike`."""

    directory: Path
    env: Mapping[str, str]
    terminals: list[Terminal] = field(default_factory=list)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def store(self) -> Path:
        return self.directory / "store"

    @property
    def world(self) -> WorldHandle:
        """The world that the console started."""
        found = find_world(self.store)
        assert found is not None, "no world lives on this store"
        return found

    def start_world(self, scenario: str = "paiements-bloques") -> WorldHandle:
        """Start the world before the console, so that a journey can prepare it."""
        return start_world(self.store, scenario)

    def terminal(self, *arguments: str, size: tuple[int, int] = (120, 40)) -> Terminal:
        """Run `astreinte` in a terminal, on this store."""
        terminal = Terminal([*ASTREINTE, *self._on_store(arguments)], *size, self.env)
        self.terminals.append(terminal)
        return terminal

    def console(self, size: tuple[int, int] = (120, 40)) -> Terminal:
        """Run the demo's console, in French."""
        return self.terminal("demo", "--speed", "1", "--lang", "fr", size=size)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        """Run `astreinte` to its end, on this store."""
        done = subprocess.run(
            [*ASTREINTE, *self._on_store(arguments)], env=self.env, capture_output=True, timeout=60, check=False
        )
        assert not check or done.returncode == 0, done.stderr.decode()
        return done

    def json(self, *arguments: str) -> Json:
        """Run `astreinte … --json` and return its one object."""
        found: Json = json.loads(self.run(*arguments, "--json").stdout)
        return found

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Run `astreinte` without a terminal, and don't wait for it."""
        pipe = subprocess.PIPE
        process = subprocess.Popen([*ASTREINTE, *self._on_store(arguments)], env=self.env, stdout=pipe, stderr=pipe)
        self.running.append(process)
        return process

    def _on_store(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        verb, *others = arguments
        return (verb, "--store", str(self.store), *others)

    @property
    def incident(self) -> str:
        """The id of the incident that the scenario's main mail opened."""
        found = [row.incident for row in self.ledger().summaries() if row.title.startswith("URGENT - Paiements")]
        assert len(found) == 1
        return found[0]

    def ledger(self) -> LocalLedger:
        """The store, to be read."""
        return LocalLedger(self.store, self.world.now)

    def events(self, incident: str = "") -> list[Event]:
        """The incident's events so far."""
        return [record.event for record in self.ledger().journal(incident or self.incident).read()]

    def strike(self) -> None:
        """End whatever still runs."""
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()
        for terminal in self.terminals:
            terminal.close()
        if world := find_world(self.store):
            world.stop()


def writes(world: WorldHandle) -> list[str]:
    """What was really written to the cluster, `METHOD path` in order: dry runs, reviews and leases apart."""
    return [
        f"{each['method']} {each['path'].partition('?')[0]}"
        for each in world.requests("kubernetes")
        if each["method"] not in _NO_WRITE
        and "dryRun=All" not in each["path"]
        and not any(word in each["path"] for word in ("accessreviews", "/leases"))
    ]


SECRET = "PATCH /api/v1/namespaces/client-existant/secrets/stripe-api"
RESTART = "PATCH /apis/apps/v1/namespaces/client-existant/deployments/payment-service"


def mails(world: WorldHandle) -> list[Json]:
    """The mails that the mail server took."""
    return [each["detail"] for each in world.requests("smtp") if each["method"] == "DATA" and each["status"] == 250]


def alerts(world: WorldHandle, priority: str = "P1") -> list[str]:
    """The alerts of a priority that the team got."""
    texts = [each["detail"]["alert"]["text"] for each in world.requests("alerts")]
    return [text for text in texts if f"ALERTE {priority}" in text]


def control_payments(world: WorldHandle) -> list[Json]:
    """The payments that Stripe made for the console's smoke test; the shop's customers pay under other keys."""
    asked = [
        each
        for each in world.requests("stripe")
        if (each["method"], each["path"], each["status"]) == ("POST", "/v1/payment_intents", 200)
        and each["detail"]["idempotency_key"].startswith("astreinte-")
    ]
    first = {each["detail"]["idempotency_key"]: each for each in reversed(asked)}
    return list(first.values())


def refused_payments(world: WorldHandle, of: Callable[[int], bool] = lambda status: status >= 400) -> int:
    """How often the shop's test payment was answered with an error."""
    return sum(each["path"] == "/test-payment" and of(each["status"]) for each in world.requests("shop"))
