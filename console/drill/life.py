"""A world's life: it builds its servers, says where they listen, delivers the mails as their time comes, and ends."""

import asyncio
import os
import secrets
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from console.drill import serving
from console.drill.clock import WorldClock
from console.drill.configuration import config_toml
from console.drill.control import Controls, control_app
from console.drill.handshake import Handshake
from console.drill.idleness import Usage
from console.drill.mail import maildir
from console.drill.mail.incoming import as_message
from console.drill.scenario import Scenario
from console.drill.servers import Servers
from console.drill.switchboard import KubeSwitches, ModelSwitches

Json = dict[str, Any]


async def live(scenario: Scenario, state: Path, speed: float, idle_seconds: float, not_before: datetime | None) -> None:
    """Serve until stopped, or until nobody has asked for anything for `idle_seconds` on the wall."""
    start = max(scenario.start, not_before) if not_before else scenario.start
    clock = WorldClock.starting(start.astimezone(scenario.zone), speed)
    usage, stopped = Usage(), asyncio.Event()
    async with AsyncExitStack() as stack:
        servers = Servers(scenario, clock.now, state)
        ports = await servers.start(stack, usage.touch, speed)
        token = secrets.token_urlsafe(24)
        app = control_app(_controls(servers, clock, token, stopped))
        app.middlewares.insert(0, serving.usage(usage.touch))
        runner, control = await serving.serve(app)
        stack.push_async_callback(runner.cleanup)
        handshake = Handshake(
            instance=secrets.token_hex(8),
            pid=os.getpid(),
            scenario=scenario.name,
            clock=clock,
            state=state,
            token=token,
            control=control,
            **asdict(ports),
        )
        _announce(scenario, handshake, servers.cluster.kubeconfig(ports.kubernetes))
        async with asyncio.TaskGroup() as tasks:
            background = [
                tasks.create_task(_deliver(scenario, clock, state / "mail")),
                tasks.create_task(_end_unused(usage, idle_seconds, stopped)),
            ]
            await stopped.wait()
            for task in background:
                task.cancel()


def _announce(scenario: Scenario, handshake: Handshake, kubeconfig: str) -> None:
    """Write the files that a console needs, the handshake last."""
    handshake.kubeconfig.write_text(kubeconfig, encoding="utf-8")
    handshake.config.write_text(config_toml(scenario, handshake), encoding="utf-8")
    _deliver_due(scenario, handshake.clock.now(), handshake.maildir)
    handshake.write()


def _controls(servers: Servers, clock: WorldClock, token: str, stopped: asyncio.Event) -> Controls:
    scenario = servers.scenario
    return Controls(
        token=token,
        clock=clock,
        facts={
            "scenario": scenario.name,
            "title": scenario.title,
            "starts_at": scenario.start.isoformat(),
            "client": scenario.client.domains[0],
            "answer": scenario.answer.model_dump(mode="json"),
        },
        logs=servers.logs,
        switches={
            "kubernetes": KubeSwitches(servers.cluster.kube.faults),
            "stripe": ModelSwitches(servers.stripe.switches),
            "shop": ModelSwitches(servers.traffic.switches),
            "smtp": ModelSwitches(servers.sink.switches),
            "alerts": ModelSwitches(servers.alerts.switches),
        },
        keys=servers.keys,
        deliveries=lambda: _deliveries(servers),
        stop=stopped.set,
    )


def _deliveries(servers: Servers) -> Json:
    """What came out of the console: mails in full, alerts as they were posted."""
    mails = [
        {
            "sender": each.sender,
            "recipients": list(each.recipients),
            "content": each.content.decode("utf-8", errors="surrogateescape"),
        }
        for each in servers.sink.deliveries
    ]
    return {"mails": mails, "alerts": servers.alerts.alerts}


def _deliver_due(scenario: Scenario, now: datetime, folder: Path) -> None:
    for number, mail in enumerate(scenario.mails):
        if mail.at <= now:
            _, address = parseaddr(mail.sender)
            maildir.deliver(folder, f"{number:03d}.{address.partition('@')[2]}", as_message(mail), mail.at)


async def _deliver(scenario: Scenario, clock: WorldClock, folder: Path) -> None:
    """Deliver each mail as its time comes."""
    for mail in sorted(scenario.mails, key=lambda each: each.at):
        while (left := (mail.at - clock.now()).total_seconds()) > 0:  # noqa: ASYNC110 (time itself is awaited)
            await asyncio.sleep(min(clock.wall_seconds(left) + 0.001, 3600.0))
        _deliver_due(scenario, clock.now(), folder)


async def _end_unused(usage: Usage, seconds: float, stopped: asyncio.Event) -> None:
    await usage.unused(seconds)
    stopped.set()
