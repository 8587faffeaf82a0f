"""The four skills of the intake, found by their paths, and what they cost to load."""

import subprocess
import sys
from functools import reduce

from skills.contract import Intake
from skills.registry import find_skill

PATHS = (
    "client-intake/reception/email-parser",
    "client-intake/qualification/urgency-detector",
    "client-intake/qualification/intent-classifier",
    "client-intake/routing/skill-router",
)
RAW = "From: support@client-x.fr\nSubject: URGENT - Paiements bloqués\nDate: Thu, 09 Jan 2025 11:30:00 +0100\n\n{}"


def _run(body: str) -> Intake:
    steps = [find_skill(path) for path in PATHS]
    start = Intake(raw=RAW.format(body).encode())
    return reduce(lambda intake, step: step(intake), steps, start)  # type: ignore[arg-type,return-value]


def test_a_report_passes_the_four_steps_and_is_routed() -> None:
    intake = _run("Les clients ne peuvent plus payer depuis 10h ce matin !")
    assert [path for path, _ in intake.outcomes] == list(PATHS)
    assert intake.outcomes[1][1].facts["priority"] == "P1"
    assert intake.route == "task-orchestrator/queue/priority-manager"


def test_thanks_open_nothing() -> None:
    assert _run("C'est réparé, merci à toute l'équipe, tout fonctionne à nouveau.").route == ""


def test_triage_loads_no_heavy_library() -> None:
    code = (
        "import sys; from skills.client_intake.triage import triage; list(triage([('x', b'Subject: a\\n\\nb')]));"
        "print(*({'textual', 'kubernetes', 'stripe', 'httpx', 'aiohttp', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
