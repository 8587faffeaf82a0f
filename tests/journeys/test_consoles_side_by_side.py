"""Two people on one store, and a mail that comes meanwhile."""

import json
import re
from email.message import EmailMessage

from store.events import PlanApproved
from tests.journeys import hands
from tests.journeys.stage import RESTART, SECRET, Stage, mails, writes

SUBJECT = "[ACME] [/checkout] broken"
WITHIN = 2.0
"""Seconds in which one console shows what was decided in another: one look a second, and the paint."""


def _mail(subject: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ops@acme.example", "urgence@agence.fr", subject
    mail["Message-ID"], mail["Date"] = "<1@acme.example>", "Thu, 09 Jan 2025 11:29:00 +0100"
    mail.set_content("Our checkout page is down, nobody can pay. Please help urgently!\n")
    return mail.as_bytes()


def test_a_subject_in_brackets_shows_literally_in_toast_queue_tree_and_title(stage: Stage) -> None:
    console = stage.console()
    console.until(hands.KEY_WANTED)
    console.until(r"(?m)^▌● P1 URGENT - Paiements")  # the queue's cursor is on what is shown
    file = stage.directory / "acme.eml"
    file.write_bytes(_mail(SUBJECT))
    taken = stage.json("intake", str(file), "--config", str(stage.world.config_path))
    assert taken["incident"]
    shown = re.escape(SUBJECT)
    console.until(rf"▌ P\d {shown}")  # the toast
    console.until(rf"(?m)^\W+P\d {shown[:20]}")  # the queue, cut to its width
    rows = [json.loads(line) for line in stage.run("list", "--json").stdout.splitlines()]
    queue = sorted(rows, key=lambda row: (row["priority"], row["deadline"]))
    place = [row["incident"] for row in queue].index(taken["incident"])
    for key in ("1", "g", *["j"] * place, "enter"):
        console.press(key)
        console.until_quiet()
    console.until(rf"email-parser +{shown[:16]}")
    console.until(rf"Courriel +{shown}")


def test_an_approval_in_one_console_is_carried_out_and_shown_in_the_other(stage: Stage) -> None:
    first = stage.console()
    first.until(hands.KEY_WANTED)
    second = stage.console((80, 24))
    second.until("Lecture seule")
    hands.run_key_command(first)
    second.until("Plan +proposé")
    second.press_until("a", "Annuler est choisi")
    second.press_until("a", "Entrée approuve")
    second.press("enter")
    first.until("Plan +(approuvé|appliqué)", WITHIN)
    second.until("Plan +(approuvé|appliqué)", WITHIN)
    first.until(hands.MAIL_READY)
    second.until("Plan +appliqué", WITHIN)
    assert writes(stage.world) == [SECRET, RESTART]


def test_two_approvals_at_once_apply_the_plan_once(stage: Stage) -> None:
    first = stage.console()
    hands.run_key_command(first)
    first.until(hands.PLAN_PROPOSED)
    second = stage.console()
    second.until("Lecture seule")
    second.until("Plan +proposé")
    hands.choose_approval(first)
    second.press_until("a", "Annuler est choisi")
    second.press_until("a", "Entrée approuve")
    for console in (first, second):
        console.press("enter")
    first.until(hands.MAIL_READY)
    second.until("Plan +appliqué", WITHIN)
    assert writes(stage.world) == [SECRET, RESTART]
    assert sum(isinstance(event, PlanApproved) for event in stage.events()) == 1
    hands.send_mail(first)
    first.until(hands.DOCUMENT_READY)
    assert len(mails(stage.world)) == 1
