"""What a mail says: priority, type, onset, language, client, error, each with its words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.client_intake.qualification.language import language_of
from skills.client_intake.qualification.lexicon import Lexicon, lexicon
from skills.client_intake.qualification.onset import onset_of, sender_zone
from skills.client_intake.qualification.quoted_error import quoted_error
from skills.client_intake.qualification.reading import read_mail
from skills.client_intake.qualification.tokens import tokenise
from skills.client_intake.reception.addresses import company_domain
from skills.client_intake.reception.mail import parse_mail
from skills.contract import KnownClient
from store.values import Impact, Language, Priority, Reading, RequestType

SENT = "Thu, 09 Jan 2025 11:30:00 +0100"


def _read(body: str, subject: str = "site", sender: str = "anne@client-x.fr", headers: str = "") -> Reading:
    raw = f"From: {sender}\nTo: support@agence.fr\nSubject: {subject}\nDate: {SENT}\n{headers}"
    return read_mail(parse_mail(f"{raw}Content-Type: text/plain; charset=utf-8\n\n{body}".encode()))


@pytest.mark.parametrize(
    ("body", "priority", "kind"),
    [
        ("Plus aucune commande depuis ce matin, tous les clients ont une page blanche.", "P1", "hotfix"),
        ("Nobody can pay since 10am, every card fails with error 500.", "P1", "hotfix"),
        ("Toutes les commandes ont disparu de la base depuis cette nuit.", "P1", "hotfix"),
        ("Tout est réparé, le site fonctionne à nouveau. Merci à toute l'équipe !", "P4", "noise"),
        ("It's fixed, everything is working again. Thanks a lot!", "P4", "noise"),
        ("URGENT !!! Le logo n'est pas du bon bleu !!! C'est CRITIQUE, une HONTE !!!", "P4", "change_request"),
        ("La préprod est en erreur 500 sur toutes les pages. La production fonctionne, recette lundi.", "P3", "bug"),
        ("If the site went down on a Sunday, who should we call? Nothing has happened.", "P4", "question"),
        ("Votre facture 2025-17 ne rappelle pas notre bon de commande, merci de la corriger.", "P4", "billing"),
        ("Could you please add the attached photo to the home page? No rush.", "P4", "change_request"),
    ],
)
def test_the_facts_decide(body: str, priority: str, kind: str) -> None:
    reading = _read(body)
    assert (reading.priority, reading.type) == (Priority(priority), RequestType(kind))


def test_every_decision_names_words_that_stand_in_the_mail() -> None:
    body = "Plus aucune commande depuis 10h, les paiements échouent pour tous les clients."
    reading = _read(body, subject="boutique")
    said = " ".join(f"boutique {body}".split())
    carried = [reason for reason in reading.reasons if reason.decides in {"priority", "type", "impact", "onset"}]
    assert {reason.decides for reason in carried} == {"priority", "type", "impact", "onset"}
    assert all(reason.words in said for reason in carried)


def test_an_auto_reply_that_speaks_of_an_outage_is_noise() -> None:
    reading = _read("En cas de panne du site, appelez Paul.", headers="Auto-Submitted: auto-replied\n")
    assert (reading.priority, reading.type, reading.impact) == (Priority.P4, RequestType.NOISE, ())


@pytest.mark.parametrize(
    ("subject", "text", "priority"),
    [
        ("Monitor is DOWN: www.shop-y.fr", "https://www.shop-y.fr is down", Priority.P1),
        ("Monitor is UP: www.shop-y.fr", "https://www.shop-y.fr is back up", Priority.P4),
        ("[FIRING:1] DiskWillFill shop-y.fr", "severity = warning\ninstance = db.shop-y.fr", Priority.P2),
        ("[RESOLVED] ShopDown", "instance = https://www.shop-y.fr/", Priority.P4),
        ("Monitor is DOWN: www.shop-y.fr", "Reason: the certificate has expired", Priority.P1),
        ("[WARNING] certificate of www.shop-y.fr", "it expires in 3 days", Priority.P2),
    ],
)
def test_what_a_watcher_says_is_taken_by_its_form_and_given_to_the_watched(
    subject: str, text: str, priority: Priority
) -> None:
    reading = _read(text, subject, sender="no-reply@uptimerobot.com")
    assert (reading.priority, reading.client) == (priority, "shop-y.fr")


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("depuis 10h ce matin", "2025-01-09T10:00+01:00"),
        ("Depuis ce matin, vers 10h, plus rien", "2025-01-09T10:00+01:00"),
        ("depuis hier 22h", "2025-01-08T22:00+01:00"),
        ("since last night", "2025-01-08T20:00+01:00"),
        ("depuis 2 jours", "2025-01-07T11:30+01:00"),
        ("since 09:58 UTC", "2025-01-09T10:58+01:00"),
        ("depuis lundi soir 18h", "2025-01-06T18:00+01:00"),
        ("since about 8pm last night", "2025-01-08T20:00+01:00"),
        ("depuis 14h", "2025-01-08T14:00+01:00"),
        ("hier soir, depuis hier soir", "2025-01-08T20:00+01:00"),
        ("since Monday", "2025-01-06T00:00+01:00"),
        ("ça fait trois heures", "2025-01-09T08:30+01:00"),
        ("it broke 20 minutes ago", "2025-01-09T11:10+01:00"),
        ("since noon yesterday", "2025-01-08T12:00+01:00"),
        ("depuis le 7 janvier à 15h30", "2025-01-07T15:30+01:00"),
    ],
)
def test_the_onset_is_the_instant_that_the_words_name(text: str, local: str) -> None:
    sent = datetime.fromisoformat("2025-01-09T11:30+01:00")
    onset = onset_of(text, sent, sent.tzinfo or UTC)
    assert onset is not None
    assert onset.at == datetime.fromisoformat(local)


@pytest.mark.parametrize("text", ["expire ce soir à 23h59", "plein vers 22h", "la page est lente", "40 % des ventes"])
def test_what_is_to_come_or_no_time_is_no_onset(text: str) -> None:
    sent = datetime.fromisoformat("2025-01-09T11:30+01:00")
    assert onset_of(text, sent, sent.tzinfo or UTC) is None


def test_an_exchange_servers_utc_header_does_not_hide_the_french_clock() -> None:
    sent = datetime.fromisoformat("2025-01-09T10:30+00:00")
    onset = onset_of("depuis 10h ce matin", sent, sender_zone(sent, "fr", "client-x.fr"))
    assert onset is not None
    assert onset.at.isoformat() == "2025-01-09T10:00:00+01:00"


def test_a_forwards_onset_counts_from_the_day_it_was_written() -> None:
    body = (
        "Vu ce matin\n\nDe : Anne <anne@client-x.fr>\nEnvoyé : mardi 7 janvier 2025 00:47\nÀ : camille@agence.fr\n"
        "Objet : panne\n\nPlus aucune vente depuis hier 18h, le paiement échoue pour tous les clients."
    )
    reading = _read(body, "TR: panne", sender="camille@agence.fr")
    assert reading.client == "client-x.fr"
    assert reading.onset_at is not None
    assert reading.onset_at.isoformat() == "2025-01-06T18:00:00+01:00"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bonjour, plus rien ne marche depuis ce matin", "fr"),
        ("The site is down for everyone", "en"),
        ("LES STOCKS NE SE METTENT PLUS A JOUR", "fr"),
        ("Checkout: 500 Internal Server Error, can't pay since the release", "en"),
    ],
)
def test_the_language_is_read_from_little_words(text: str, language: Language) -> None:
    assert language_of(text) == language


def test_a_configured_client_decides_zone_language_and_name() -> None:
    known = KnownClient("Shop", ("shop.fr", "shop.com"), "fr", "America/Montreal")
    raw = (
        f"From: a@eu.shop.com\nSubject: KO\nDate: {SENT}\n\nPlus aucune commande depuis 5h, erreur 500 partout".encode()
    )
    reading = read_mail(parse_mail(raw), (known,))
    assert (reading.client, reading.language) == ("shop.fr", "fr")
    assert reading.onset_at is not None
    assert reading.onset_at.utcoffset() == datetime.fromisoformat("2025-01-09T05:00-05:00").utcoffset()


def test_a_private_mailbox_writes_for_the_company_that_it_names() -> None:
    reading = _read("Nos adresses @hotel-z.fr et www.hotel-z.fr ne répondent plus.", sender="zoe@gmail.com")
    assert reading.client == "hotel-z.fr"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('Message : "Erreur 500 lors du paiement"', "Erreur 500 lors du paiement"),
        ("Le sac « Olympe » affiche « Ce type de carte n'est pas accepté »", "Ce type de carte n'est pas accepté"),
        ("all pods in CrashLoopBackOff", "CrashLoopBackOff"),
        ("all fine", ""),
    ],
)
def test_the_quoted_error_is_told_from_other_quotations(text: str, error: str) -> None:
    assert quoted_error(text) == error


def test_impacts_name_what_suffers_and_noise_has_none() -> None:
    assert Impact.PRODUCTION_DOWN in _read("Le site est inaccessible pour tout le monde, aucune vente depuis 8h").impact
    assert _read("Merci, c'est réparé, tout remarche").impact == ()


def test_a_pattern_spans_gaps_within_one_sentence_only() -> None:
    words = Lexicon()
    words.add("x.y", "plus .. <sale>", {"sale": ["commande*", "vente"]})
    assert words.find(tokenise("plus la moindre commande"))
    assert not words.find(tokenise("je n'en peux plus. Une commande"))


def test_a_pattern_without_a_beginning_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"outage\.x"):
        Lexicon().add("outage.x", "a?", {})


def test_the_shipped_lexicon_compiles() -> None:
    assert lexicon().patterns


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    reading = _read(text.replace("\r", " "), subject="s")
    assert reading.reasons


@pytest.mark.parametrize(
    ("sender", "subject", "client"),
    [
        ("alerts@unheard-of-watcher.example", "[DOWN] www.shop-y.fr - HTTP 503", "shop-y.fr"),
        ("alerts@unheard-of-watcher.example", "[DOWN] checkout", "shop-y.fr"),
        ("grafana@shop-y.fr", "[FIRING:1] shop-y.fr checkout", "shop-y.fr"),
    ],
)
def test_an_alert_is_its_watched_sites_whoever_watches(sender: str, subject: str, client: str) -> None:
    body = f"Monitor: www.shop-y.fr\nState: DOWN\nReason: HTTP 503\nAcknowledge: https://{sender.partition('@')[2]}/a/5"
    assert _read(body, subject, sender, "X-Alert: uptime\n").client == client


@pytest.mark.parametrize(
    ("host", "company"),
    [
        ("mx.shop.co.uk", "shop.co.uk"),
        ("www.shop.fr", "shop.fr"),
        ("clerk.town-council.gov.example", "town-council.gov.example"),
        ("mairie.gouv.fr", "mairie.gouv.fr"),
        ("lycee.ac-lyon.fr", "ac-lyon.fr"),
        ("gov.example", "gov.example"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_belongs_to_its_registered_domain(host: str, company: str) -> None:
    assert company_domain(host) == company
