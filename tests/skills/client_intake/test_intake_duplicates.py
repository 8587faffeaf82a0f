"""Which later mail joins an open incident, and which opens its own."""

from datetime import datetime, timedelta

import pytest

from skills.client_intake.routing.standing import as_part_of
from skills.client_intake.triage import triage
from store.values import Priority, Reading, RequestType

FIRST = datetime.fromisoformat("2025-01-09T10:30+01:00")
OUTAGE = ("Paiements bloqués", "Plus aucun client ne peut payer depuis 10h, « Erreur 500 lors du paiement ».")


def _mail(
    number: int, subject: str, body: str, *, hours: float = 0, sender: str = "anne@shop.fr", answers: int | None = None
) -> tuple[str, bytes]:
    at = (FIRST + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S %z")
    thread = f"In-Reply-To: <{answers}@x>\n" if answers is not None else ""
    head = f"From: {sender}\nTo: support@agence.fr\nSubject: {subject}\nDate: {at}\nMessage-ID: <{number}@x>\n{thread}"
    return f"{number}.eml", f"{head}Content-Type: text/plain; charset=utf-8\n\n{body}".encode()


def _joins(*mails: tuple[str, bytes]) -> list[str | None]:
    return [row["duplicate_of"] for row in triage(mails)]


@pytest.mark.parametrize(
    ("subject", "body", "options"),
    [
        ("Re: Paiements bloqués", "Toujours bloqué. Vous en êtes où ?", {"answers": 0, "hours": 2}),
        ("Re: Paiements bloqués", "C'est réparé, merci !", {"answers": 0, "hours": 5}),
        ("boutique", "Tous les clients voient « Erreur 500 lors du paiement ».", {"hours": 1, "sender": "luc@shop.fr"}),
        ("paiement", "Personne ne peut payer depuis 10h, aucune commande.", {"hours": 0.5, "sender": "luc@shop.fr"}),
        (
            "Monitor is DOWN: www.shop.fr",
            "https://www.shop.fr is currently DOWN (HTTP 500)",
            {"hours": 0.2, "sender": "no-reply@uptimerobot.com"},
        ),
    ],
)
def test_a_report_of_the_same_incident_joins_it(subject: str, body: str, options: dict[str, object]) -> None:
    later = _mail(1, subject, body, **options)  # type: ignore[arg-type]  # a table's row
    assert _joins(_mail(0, *OUTAGE), later) == [None, "0.eml"]


@pytest.mark.parametrize(
    ("subject", "body", "options"),
    [
        (
            "Re: Paiements bloqués",
            "Rien à voir : les photos des produits ne s'affichent plus.",
            {"answers": 0, "hours": 400},
        ),
        ("facture", "Pouvez-vous renvoyer votre facture de janvier ?", {"hours": 3}),
        ("Paiements bloqués", OUTAGE[1], {"hours": 1, "sender": "zoe@autre.fr"}),
    ],
)
def test_another_matter_or_another_client_opens_its_own(subject: str, body: str, options: dict[str, object]) -> None:
    later = _mail(1, subject, body, **options)  # type: ignore[arg-type]  # a table's row
    assert _joins(_mail(0, *OUTAGE), later) == [None, None]


def test_an_outage_after_the_all_clear_is_a_new_one() -> None:
    mended = _mail(1, "Re: Paiements bloqués", "C'est réparé, merci !", hours=3, answers=0)
    again = _mail(
        2, "Re: Paiements bloqués", "Plus aucun client ne peut payer ce matin, erreur 502.", hours=48, answers=1
    )
    assert _joins(_mail(0, *OUTAGE), mended, again) == [None, "0.eml", None]


def test_the_third_mail_names_the_first_report_and_not_the_second() -> None:
    second = _mail(1, "Re: Paiements bloqués", "Toujours bloqué, des nouvelles ?", hours=1, answers=0)
    third = _mail(2, "Re: Paiements bloqués", "Toujours rien ?", hours=2, answers=1)
    assert _joins(_mail(0, *OUTAGE), second, third) == [None, "0.eml", "0.eml"]


def test_a_merge_shows_its_reason() -> None:
    rows = list(triage([_mail(0, *OUTAGE), _mail(1, "Re: Paiements bloqués", "Toujours bloqué ?", answers=0)]))
    assert [reason["rule"] for reason in rows[1]["reasons"] if reason["decides"] == "duplicate"] == ["thread.reply"]


@pytest.mark.parametrize(("urgency", "priority"), [(0.5, "P2"), (0.9, "P1")])
def test_one_loud_report_raises_an_incident_only_beyond_doubt(urgency: float, priority: str) -> None:
    first = Reading(priority=Priority.P2, type=RequestType.HOTFIX, urgency=0.02)
    further = Reading(priority=Priority.P1, type=RequestType.HOTFIX, urgency=urgency)
    assert as_part_of(further, first).priority == priority


def test_a_report_joins_an_incident_that_was_nearly_urgent_as_urgent() -> None:
    first = Reading(priority=Priority.P2, type=RequestType.HOTFIX, urgency=0.19)
    further = Reading(priority=Priority.P1, type=RequestType.HOTFIX, urgency=0.55)
    assert as_part_of(further, first) == further
