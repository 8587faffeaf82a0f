"""From the mail to the published post-mortem, by keys alone, in a real terminal on the loopback world."""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from console.drill.process import find_world
from tests.journeys import hands
from tests.journeys.stage import RESTART, SECRET, Stage, alerts, control_payments, mails, writes
from tests.journeys.terminal import Terminal

SUBJECT = "URGENT - Paiements bloqués !!!"
SIZES = ((120, 40), (80, 24))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_incident_is_worked_by_keys_alone_and_plays_back_offline(stage: Stage, size: tuple[int, int]) -> None:
    console = stage.console(size)
    console.until(rf"P1 {SUBJECT}")
    hands.run_key_command(console)
    hands.approve_plan(console)
    hands.send_mail(console)
    hands.publish(console)
    console.until(hands.FINISHED)

    world = stage.world
    assert writes(world) == [SECRET, RESTART]
    assert [(mail["To"], mail["Subject"]) for mail in mails(world)] == [
        ("support@client-existant.fr", f"RE: {SUBJECT} ✅ RÉSOLU")
    ]
    assert len(alerts(world)) == 1
    assert len(control_payments(world)) == 1
    report = stage.json("show", stage.incident)
    _is_told_right(report)
    _is_kept(stage, report)
    assert hands.quit_console(console) == 0
    world.stop()
    _plays_back(stage, size, report)


def _is_told_right(report: dict[str, Any]) -> None:
    assert (report["priority"], report["type"], report["client"]) == ("P1", "hotfix", "client-existant.fr")
    assert (report["cause"], report["deadline"]) == ("stripe.api_key_expired", "2025-01-09T14:00:00+01:00")
    assert (report["resolved"], report["state"], report["ticket"]) == (True, "closed", "closed")
    assert report["assigned"] == ["DevOps", "Backend"]
    assert report["alert_rule"]["days_before"] == 7
    assert report["mail"]["to"] == ["support@client-existant.fr"]
    document = Path(report["postmortem"]).read_text(encoding="utf-8")
    for heading in ("Timeline", "Impact", "Cause Racine", "Actions Correctives"):
        assert re.search(rf"^### {heading}$", document, re.MULTILINE), heading
    assert "✅" in document


def _is_kept(stage: Stage, report: dict[str, Any]) -> None:
    """Every chain is whole, and the incident's ends where the report says."""
    checked = [json.loads(line) for line in stage.run("audit", "verify", "--json").stdout.splitlines()]
    assert all(row["intact"] for row in checked)
    assert {row["journal"]: row["head"] for row in checked}[report["incident"]] == report["audit_head"]


def _plays_back(stage: Stage, size: tuple[int, int], report: dict[str, Any]) -> None:
    """The same screens show the same incident, log lines included, with no server running."""
    assert find_world(stage.store) is None
    replay = stage.terminal("replay", report["incident"], "--lang", "fr", size=size)
    replay.until(rf"\b1/{report['events']}\b")
    replay.until(r"Ensuite +space +rejouer")
    replay.press("}", "}", "}", "}", "}", "}")
    shown = replay.until(rf"\b{report['events']}/{report['events']}\b").string
    status = shown.splitlines()[0]
    assert all(word in status for word in ("● P1", "14:00 tenu", "clos", "rejeu · lecture seule"))
    assert re.search(r"Courriel +✔ envoyé au client", shown)
    assert re.search(r"le paiement passe", shown)
    replay.press_until("E", r"ERR +\w+ +payment intent creation failed: Expired API Key")  # the error before
    assert hands.quit_console(replay) == 0


def test_the_new_key_stands_nowhere_after_the_whole_journey(stage: Stage) -> None:
    console = stage.console()
    console.until(hands.KEY_WANTED)
    key = stage.world.operator_key()
    hands.paste_key(console, key)
    hands.approve_plan(console)
    hands.send_mail(console)
    hands.publish(console)
    console.until(hands.FINISHED)
    assert hands.quit_console(console) == 0
    for form in ("replay", "markdown", "html", "json"):
        stage.run("export", stage.incident, "--format", form, "--output", str(stage.directory / f"export.{form}"))
    searched = [path for path in stage.directory.rglob("*") if path.is_file()]
    assert {"export.replay", "export.html", f"{stage.incident}.journal", f"{stage.incident}.md"} <= {
        path.name for path in searched
    }
    forms = _forms(key)
    assert [path for path in searched if any(form in _content(path) for form in forms)] == []
    assert not any(form in _said(console) for form in forms)


def _forms(key: str) -> list[bytes]:
    """The key as it is, and what all texts that hold its base64 have in common, at each of the three alignments."""
    aligned = [base64.b64encode(b"x" * skip + key.encode())[4 if skip else 0 : -4] for skip in range(3)]
    return [key.encode(), *aligned]


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw


def _said(console: Terminal) -> bytes:
    """All that the terminal was sent, without the colours and moves between the letters."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]", b"", bytes(console.received))
