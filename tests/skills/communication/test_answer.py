"""The answer to the client says what the log says, in the client's language."""

import re
from dataclasses import replace

import pytest

from skills.contract import SkillError
from skills.project_management.communication.dispatch import build_message
from skills.project_management.communication.email_annonce import answer, draft_answer
from skills.site import Agency, Site
from store.events import MailDrafted
from store.incident import Incident
from store.values import Address, Cause
from tests.support import scenario_parts as part
from tests.support import stories
from tests.support.contexts import make_context

SITE = Site(name=part.CLIENT, domains=(part.CLIENT,))
FRENCH = """\
Bonjour Jean,

Le problème est résolu. Les paiements fonctionnent à nouveau.

## Cause
Expiration automatique de la clé API Stripe (rotation sécurité)

## Actions
1. Nouvelle clé API déployée
2. Services redémarrés
3. Paiement test validé

## Temps de résolution
45 min (SLA 4h respecté ✅)

## Prévention
Alerte automatique 7 jours avant expiration, ajoutée à la clôture de l'incident

Cordialement,
L'équipe Support

Journal d'audit : INC-2025-0109-1, événement {seq}, empreinte {head}
"""


def body(incident: Incident) -> str:
    return answer(incident, SITE, Agency()).body


def section(text: str, heading: str) -> str:
    return text.partition(f"## {heading}\n")[2].partition("\n\n")[0]


def test_the_answer_names_messages_and_no_conversation_of_outlooks() -> None:
    incident = stories.ready_to_answer()
    thread = ("<earlier@client.fr>", "<01db62a0@thread-index.invalid>")
    incident = replace(incident, mail=incident.mail.model_copy(update={"references": thread}))
    assert answer(incident, SITE, Agency()).references == ("<earlier@client.fr>", part.MAIL.message_id)


def test_the_scenarios_answer_has_its_very_sections_filled_from_the_log() -> None:
    incident = stories.ready_to_answer()
    draft = answer(incident, SITE, Agency())
    assert draft.subject == "RE: URGENT - Paiements bloqués !!! ✅ RÉSOLU"
    assert draft.body == FRENCH.format(seq=incident.seq, head=incident.head[:12])
    assert (draft.sender.email, [a.email for a in draft.to]) == ("support@agence.fr", ["support@client-existant.fr"])
    assert (draft.in_reply_to, draft.references) == (part.MAIL.message_id, (part.MAIL.message_id,))


def test_an_english_client_is_answered_in_english() -> None:
    text = body(replace(stories.ready_to_answer(), language="en"))
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert text.startswith("Hello Jean,\n\nThe problem is solved. Payments work again.\n")
    assert headings == ["## Cause", "## Actions", "## Time to resolution", "## Prevention"]
    assert section(text, "Time to resolution") == "45 min (SLA 4 h met ✅)"


async def test_drafting_twice_gives_one_message() -> None:
    context = make_context(stories.ready_to_answer(), site=SITE)
    drafts = [
        event.draft
        for _ in range(2)
        for event in (await draft_answer(context)).events
        if isinstance(event, MailDrafted)
    ]
    assert len({draft.message_id for draft in drafts}) == 1
    other = replace(stories.ready_to_answer(), report="report-of-another-store")
    assert answer(other, SITE, Agency()).message_id != drafts[0].message_id
    assert re.fullmatch(r"<inc-2025-0109-1\.[0-9a-f]{8}\.answer@agence\.fr>", drafts[0].message_id)


def test_the_alert_rule_is_called_added_only_once_it_is() -> None:
    incident = stories.ready_to_answer()
    assert section(body(replace(incident, rules=(part.RULE,))), "Prévention") == (
        "Alerte automatique ajoutée 7 jours avant expiration"
    )
    assert "ajoutée à la clôture" in section(body(incident), "Prévention")


def test_a_missed_sla_is_said_by_how_much() -> None:
    expected = "3h (SLA 4h dépassé de 30 min ❌, échéance 14h00)"
    assert section(body(stories.breached(30)), "Temps de résolution") == expected


def test_without_a_fix_nothing_is_claimed() -> None:
    draft = answer(stories.closed_without_a_fix(), SITE, Agency())
    assert draft.subject == "RE: URGENT - Paiements bloqués !!! analyse terminée"
    assert "fonctionnent à nouveau" not in draft.body
    assert section(draft.body, "Cause") == "Aucune cause de panne n'a été trouvée"
    assert section(draft.body, "Actions") == "Aucune modification n'a été faite."
    assert section(draft.body, "Temps de résolution") == "20 min (SLA 4h respecté ✅)"


def test_a_fix_that_nothing_has_proved_is_not_called_solved() -> None:
    incident = replace(stories.ready_to_answer(), verification=None, resolved_at=None, state="open")
    draft = answer(incident, SITE, Agency())
    assert "RÉSOLU" not in draft.subject
    assert "Nous surveillons" in draft.body
    assert section(draft.body, "Temps de résolution").startswith("rétablissement pas encore vérifié (SLA 4h, échéance")


def test_what_was_taken_back_is_said_to_be() -> None:
    actions = section(body(stories.taken_back()), "Actions").splitlines()
    assert actions[-1] == "3. Modification annulée : Nouvelle clé API déployée"


def test_a_cause_that_the_texts_do_not_know_is_named_by_its_own_title() -> None:
    cause = Cause(key="mystery.moon", confidence=1, title={"fr": "Pleine lune\x1b[2J"})
    text = body(replace(stories.ready_to_answer(), causes=(cause,)))
    assert section(text, "Cause") == "Pleine lune␛[2J"
    assert section(text, "Prévention").startswith("Surveillance automatique du test de paiement")


def test_a_forged_subject_makes_no_header_and_carries_no_secret_on() -> None:
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    mail = part.MAIL.model_copy(update={"subject": f"Panne {key}\r\nBcc: voleur@exemple.fr"})
    draft = answer(replace(stories.ready_to_answer(), mail=mail), SITE, Agency())
    message = build_message(draft, part.REPORTED)
    assert key not in message.as_string()
    assert message["Bcc"] is None


def test_a_subject_that_is_a_reply_already_gets_no_second_prefix() -> None:
    mail = part.MAIL.model_copy(update={"subject": "Re: Paiements bloqués"})
    draft = answer(replace(stories.ready_to_answer(), mail=mail), SITE, Agency())
    assert draft.subject == "Re: Paiements bloqués ✅ RÉSOLU"


def test_a_machines_report_is_answered_to_the_clients_contacts() -> None:
    mail = part.MAIL.model_copy(update={"automatic": "monitoring"})
    incident = replace(stories.ready_to_answer(), mail=mail)
    contacts = (Address(email="dsi@client-existant.fr", name="Jean Martin"),)
    assert answer(incident, SITE.model_copy(update={"contacts": contacts}), Agency()).to == contacts
    with pytest.raises(SkillError, match="Nobody is known") as caught:
        answer(incident, SITE, Agency())
    assert "add contacts" in caught.value.hint


def test_a_draft_with_an_impossible_address_is_refused_in_a_clear_line() -> None:
    draft = part.DRAFT.model_copy(update={"to": (Address(email="nobody at nowhere"),)})
    with pytest.raises(SkillError, match="can't be sent as it stands"):
        build_message(draft, part.REPORTED)
