"""Two people on one store, and a mail that comes meanwhile."""

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


def test_subjects_show_literally_in_queue_and_toast(stage: Stage) -> None:
    console = stage.console()
    console.until(hands.KEY_WANTED)
    console.until(r"P1 URGENT - Paiements bloqués !!!")
    file = stage.directory / "acme.eml"
    file.write_bytes(_mail(SUBJECT))
    taken = stage.json("intake", str(file), "--config", str(stage.world.config_path))
    assert taken["incident"]
    console.until(r"P\d \[ACME\] \[/checkout\] broken")
    console.press("1")
    console.until(r"(?m)\[ACME\] \[/checkout\] b")


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
