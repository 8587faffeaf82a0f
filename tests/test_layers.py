"""What a command may import, proved in a process of its own."""

import subprocess
import sys

import pytest

HEAVY = ("textual", "kubernetes", "stripe", "aiohttp", "aiosmtpd")


def imported(statement: str) -> set[str]:
    """Return the top-level and dotted names of every module that a statement brings in."""
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module", ["console.cli", "console.verbs.triage", "console.verbs.diagnose", "console.verbs.intake"]
)
def test_a_command_without_a_screen_imports_nothing_heavy(module: str) -> None:
    assert imported(f"import {module}").isdisjoint(HEAVY)


@pytest.mark.parametrize("module", ["console.app", "console.front"])
def test_the_console_starts_without_its_clients(module: str) -> None:
    assert imported(f"import {module}").isdisjoint({"kubernetes", "stripe", "aiohttp", "aiosmtpd"})


def test_the_clients_are_there_once_the_console_is_warm() -> None:
    wait = "[each.join() for each in threading.enumerate() if each.name == 'warming']"
    modules = imported(f"import threading\nfrom console.warming import warm_up\nwarm_up()\n{wait}")
    assert {"httpx", "kubernetes.aio.client", "stripe", "skills.devops.monitoring.logs.scanning"} <= modules


def test_who_looks_at_the_past_cannot_touch_the_present() -> None:
    modules = imported("import console.verbs.replay, console.app, console.front")
    assert not [name for name in modules if name.startswith("skills.clients")]


def test_importing_the_store_brings_in_no_network_and_no_screen() -> None:
    modules = imported("import store.ledger, store.fold, store.archive, store.safe_text")
    assert modules.isdisjoint({*HEAVY, "httpx", "console", "screens", "skills"})
