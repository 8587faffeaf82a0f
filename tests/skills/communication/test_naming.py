"""What an incident and its reporter are called."""

from dataclasses import replace

import pytest

from skills.prose.foreign import code, markdown, one_line
from skills.prose.naming import first_name, headline
from store.values import Address, Mail
from tests.support.scenario import scenario_incident


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("URGENT - Paiements bloqués !!!", "Paiements bloqués"),
        ("RE: TR : [URGENT] payments blocked!", "payments blocked"),
        ("[ACME] [/checkout] broken", "[ACME] [/checkout] broken"),
        ("Urgence vitale en boutique", "Urgence vitale en boutique"),
        ("URGENT Paiements bloqués", "Paiements bloqués"),
        ("Production de pain arrêtée", "Production de pain arrêtée"),
        ("Important: P1 : site down", "site down"),
        ("Pas de commande ?", "Pas de commande ?"),
        ("URGENT !!!", "Paiements bloqués"),
    ],
)
def test_a_headline_says_what_is_broken_without_the_shouting(title: str, expected: str) -> None:
    assert headline(replace(scenario_incident(), title=title)) == expected


def _mail(sender: str = "", signature: str = "", text: str = "") -> Mail:
    return Mail(message_id="<1@c>", sender=Address(email="a@c.fr", name=sender), signature=signature, text=text)


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (_mail(signature="Jean Martin\nDSI"), "Jean"),
        (_mail(signature="MARTIN Jean-Pierre"), "Jean-Pierre"),
        (_mail(signature="ANNE DURAND"), "Anne"),
        (_mail(sender="Léa Dupont"), "Léa"),
        (_mail(text="Plus rien ne marche.\n\nJean Martin\nDSI"), "Jean"),
        (_mail(sender="Mme Dupont"), ""),
        (_mail(sender="Support client-existant.fr"), ""),
        (_mail(sender="Support technique"), ""),
        (_mail(sender="<b>Jean</b> Martin"), ""),
        (_mail(text="Plus rien ne marche depuis ce matin"), ""),
        (_mail(), ""),
    ],
)
def test_the_first_name_is_taken_from_where_people_write_it(mail: Mail, expected: str) -> None:
    assert first_name(mail) == expected


def test_a_contact_of_the_configuration_names_a_bare_address() -> None:
    assert first_name(_mail(), (Address(email="A@c.fr", name="Jean Martin"),)) == "Jean"


def test_the_original_sender_of_a_forwarded_mail_is_the_reporter() -> None:
    mail = _mail("Paul Relais").model_copy(update={"original_sender": Address(email="j@c.fr", name="Jean Martin")})
    assert first_name(mail) == "Jean"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[x](javascript:alert)", r"\[x\](javascript:alert)"),
        ("a | b", r"a \| b"),
        ("api_key_expired _now_", r"api_key_expired \_now\_"),
        ("<img src=x>", r"\<img src=x\>"),
        ("two\nlines\n## heading", r"two lines \#\# heading"),
    ],
)
def test_foreign_text_is_no_markdown(text: str, shown: str) -> None:
    assert markdown(text) == shown


@pytest.mark.parametrize(("text", "span"), [("a", "`a`"), ("a `b` c", "``a `b` c``"), ("`a`", "`` `a` ``"), ("", "")])
def test_a_code_span_holds_any_backticks(text: str, span: str) -> None:
    assert code(text) == span


def test_no_secret_and_no_escape_sequence_goes_on() -> None:
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    line = one_line(f"\x1b[31mkey {key}\u202e")
    assert key not in line
    assert "\x1b" not in line
    assert "\u202e" not in line
