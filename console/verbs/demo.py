"""`astreinte demo [SCENARIO]`: the console on the loopback world; `--headless` plays the incident to its end."""

import asyncio
import json
import sys
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Any

from console.config import UsageError, load_config
from console.drill import scenario as scenarios
from console.drill.process import WorldFailed, WorldHandle, start_world
from console.operator import Operator, Stuck
from console.session import Session
from console.summary import incident_report
from console.wiring import build_world
from store.ledger import last_instant
from store.summary import Summary

_ARRIVAL_SECONDS = 15.0


def run(options: Namespace) -> int:
    """Run the demo; the store is fresh unless one is named, and named on exit."""
    if options.list:
        return _list(as_json=options.json)
    named: Path | None = getattr(options, "store", None)
    store = named or Path(tempfile.mkdtemp(prefix="astreinte-demo-"))
    try:
        handle = start_world(store, options.scenario, options.speed, not_before=last_instant(store))
    except (scenarios.UnknownScenario, WorldFailed) as error:
        raise UsageError(str(error)) from error
    try:
        if options.headless:
            return asyncio.run(_headless(handle, store, as_json=options.json))
        return _console(handle, store, options)
    finally:
        if named is None:
            handle.stop()
            print(f"astreinte: this demo's store is {store}", file=sys.stderr)


def _list(*, as_json: bool) -> int:
    for name in scenarios.names():
        found = scenarios.load(name)
        print(
            json.dumps({"scenario": name, "title": found.title}, ensure_ascii=False)
            if as_json
            else f"{name:32} {found.title['fr']}"
        )
    return 0


def _console(handle: WorldHandle, store: Path, options: Namespace) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the demo's console needs a terminal; `astreinte demo --headless` does without")
    from console.front import run_console

    config = load_config(handle.config_path)
    return run_console(config, store, getattr(options, "lang", None), handle.now)


async def _headless(handle: WorldHandle, store: Path, *, as_json: bool) -> int:
    """Work the drill's main incident as its operator would, and print the report."""
    session = Session(build_world(load_config(handle.config_path), store, handle.now))
    try:
        await session.start()
        summary = await _arrived(session, _main_subject(handle.scenario))
        operator = Operator(session, lambda said: print(f"· {said}", file=sys.stderr))
        try:
            incident = await operator.work(summary.incident)
        except Stuck as stuck:
            print(f"astreinte: {stuck}", file=sys.stderr)
            incident = (await session.case(summary.incident)).incident
        report = incident_report(incident, (await session.case(incident.id)).records)
    finally:
        await session.close()
    print(json.dumps(report, ensure_ascii=False) if as_json else _readable(report))
    mendable = bool(incident.remedy_steps)
    return 0 if report["resolved"] or (incident.state == "closed" and not mendable) else 1


def _main_subject(scenario: str) -> str:
    """The subject of the mail that the drill is about."""
    mails = scenarios.load(scenario).mails
    return next((mail.subject for mail in mails if mail.name == "main"), mails[-1].subject)


async def _arrived(session: Session, subject: str) -> Summary:
    """Wait for the incident of the drill's main mail."""
    async with asyncio.timeout(_ARRIVAL_SECONDS):
        while True:
            found = next((s for s in session.world.summaries() if s.title == subject), None)
            if found:
                return found
            await asyncio.sleep(0.05)


def _readable(report: dict[str, Any]) -> str:
    return "\n".join(f"{name:12} {json.dumps(value, ensure_ascii=False)}" for name, value in report.items())
