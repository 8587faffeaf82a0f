"""Any bytes become a mail: what the author newly wrote, who wrote it, what was attached."""

import importlib.resources
import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.client_intake.reception.mail import parse_mail
from skills.client_intake.reception.thread import FORWARD_RULE

HEAD = b"From: a@b.fr\r\nTo: support@agence.fr\r\nSubject: x\r\n"


def _mail(body: bytes, *headers: bytes) -> bytes:
    return HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        (b"utf-8", "réglé à côté".encode()),
        (b"us-ascii", "réglé à côté".encode()),
        (b"utf-8", "réglé à côté".encode("cp1252")),
        (b"unknown-8bit", "réglé à côté".encode("latin-1")),
        (b"iso-8859-1", "réglé à côté".encode("cp1252")),
        (b"macintosh", "réglé à côté".encode("mac_roman")),
        (b"no-such-charset", "réglé à côté".encode()),
        (b"punycode", "réglé à côté".encode()),
    ],
)
def test_the_text_is_read_whatever_the_charset_claims(charset: bytes, encoded: bytes) -> None:
    assert parse_mail(_mail(encoded, b"Content-Type: text/plain; charset=" + charset)).text == "réglé à côté"


def test_text_encoded_twice_is_repaired_but_a_quoted_breakage_is_kept() -> None:
    broken = "déjà réglé, à côté, où ça".encode().decode("cp1252", "replace").encode()
    assert "réglé" in parse_mail(_mail(broken, b"Content-Type: text/plain; charset=utf-8")).text
    quoted = "Les accents sont abîmés à l'écran : « ChÃ¢teau » au lieu de « Château », très gênant".encode()
    assert "ChÃ¢teau" in parse_mail(_mail(quoted, b"Content-Type: text/plain; charset=utf-8")).text


def test_html_gives_its_visible_text_and_its_quotation_as_thread() -> None:
    html = (
        b"<html><head><style>p{}</style><title>t</title></head><body><div style='display:none'>hidden</div>"
        b"<p>Site&nbsp;down</p><script>x</script><!-- no --><blockquote>old</blockquote></body></html>"
    )
    mail = parse_mail(_mail(html, b"Content-Type: text/html; charset=utf-8"))
    assert (mail.text, mail.quoted) == ("Site down", "> old")


@pytest.mark.parametrize(
    "thread",
    [
        "Le 9 janv. 2025 à 11:42, Support <s@agence.fr> a écrit :\n> Bonjour",
        "On Thu, 9 Jan 2025 at 11:42, Support <s@agence.fr>\nwrote:\n> Hello",
        "-----Message d'origine-----\nDe : Support\nEnvoyé : jeudi\nÀ : moi\nObjet : x\n\nBonjour",
        "De : Support <s@agence.fr>\nEnvoyé : jeudi 9 janvier 2025 11:42\nÀ : moi\nObjet : x\n\nBonjour",
        "> Le 9 janv. 2025 à 16:31, Support <s@agence.fr> a écrit :\n>\n> Bonjour",
    ],
)
def test_only_what_a_reply_adds_is_its_text(thread: str) -> None:
    mail = parse_mail(_mail(f"Toujours bloqué.\n\n{thread}\n".encode()))
    assert mail.text == "Toujours bloqué."
    assert "onjour" in mail.quoted or "ello" in mail.quoted


def test_of_nested_forwards_the_innermost_sender_is_the_original_one() -> None:
    body = (
        "Pour vous\n\n---------- Forwarded message ---------\nDe : Luc <luc@client.fr>\nDate: lun. 3 mars 2025 16:48\n"
        "Subject: TR: panne\nTo: nous\n\nVoir dessous\n\n-----Message d'origine-----\nDe : Zoé <zoe@client.fr>\n"
        "Envoyé : lundi 3 mars 2025 16:00\nÀ : Luc\nObjet : panne\n\nSite en panne"
    )
    mail = parse_mail(_mail(body.encode()).replace(b"Subject: x", b"Subject: TR: panne"))
    assert mail.original_sender is not None
    assert mail.original_sender.email == "zoe@client.fr"
    assert mail.text.count(FORWARD_RULE) == 2


def test_an_attached_mail_is_a_forward() -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Laure <laure@atelier.fr>", "panne"
    inner.set_content("Site en panne")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "camille@agence.fr", "Fwd: panne"
    outer.set_content("à traiter")
    outer.add_attachment(inner)
    mail = parse_mail(outer.as_bytes())
    assert mail.original_sender is not None
    assert mail.original_sender.email == "laure@atelier.fr"
    assert "Site en panne" in mail.text


def test_signature_and_disclaimer_leave_the_text_and_a_postscript_stays() -> None:
    body = "Site lent.\n\nCordialement,\nAnne Roy\n\nPS : la recherche aussi.\n\nCe message est confidentiel"
    mail = parse_mail(_mail(body.encode()))
    assert mail.text.startswith("Site lent.")
    assert "PS : la recherche" in mail.text
    assert "Anne Roy" in mail.signature


def test_an_attachment_is_named_measured_and_not_opened() -> None:
    message = EmailMessage()
    message["From"] = "a@b.fr"
    message.set_content("voir pièce jointe")
    message.add_attachment(b"\x00\x01" * 50, maintype="application", subtype="pdf", filename="facture é.pdf")
    (attachment,) = parse_mail(message.as_bytes()).attachments
    assert (attachment.name, attachment.size, attachment.media_type) == ("facture é.pdf", 100, "application/pdf")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ([b"Auto-Submitted: auto-replied"], "auto-reply"),
        ([b"Return-Path: <>", b"X-Failed-Recipients: a@b.fr"], "bounce"),
        ([b"List-Unsubscribe: <https://x.example>"], "list"),
        ([b"Auto-Submitted: no"], ""),
    ],
)
def test_automatic_mail_is_known_by_its_headers(headers: list[bytes], kind: str) -> None:
    assert parse_mail(_mail(b"hello there", *headers)).automatic == kind


def test_monitoring_mail_is_known_by_sender_or_shape() -> None:
    down = b"From: no-reply@uptimerobot.com\r\nSubject: Monitor is DOWN: x.fr\r\n\r\nhttps://x.fr is down"
    assert parse_mail(down).automatic == "monitoring"
    person = b"From: anne@client.fr\r\nSubject: le site est down\r\n\r\nbonjour"
    assert parse_mail(person).automatic == ""


def test_what_asks_for_money_or_a_password_only_dresses_as_a_watcher() -> None:
    alarm = (
        b"From: supervision@alerts.example\r\nSubject: [CRITICAL] 4 servers DOWN\r\n\r\nstate: DOWN\r\nhost: web\r\n"
    )
    assert parse_mail(alarm + b"see http://alerts.example/4").automatic == "monitoring"
    assert parse_mail(alarm + b"Validate your card at http://alerts.example/pay").automatic == ""


HOSTILE = {
    "a line of 50 MB": lambda: _mail(b"a" * 50_000_000),
    "a header of 50 MB": lambda: b"Subject: " + b"a" * 50_000_000 + b"\r\n\r\nx",
    "nothing but NUL": lambda: b"\0" * 20_000_000,
    "10,000 nested parts": lambda: (
        HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(10_000))
    ),
    "10,000 nested mails": lambda: (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 10_000,
    "a million parts": lambda: _mail(b"--b\r\n\r\nx\r\n" * 1_000_000, b"Content-Type: multipart/mixed; boundary=b"),
    "a header bomb": lambda: b"".join(b"X-%d: y\r\n" % i for i in range(300_000)) + b"\r\nx",
    "open comments in an address": lambda: b"To: " + b'"(' * 500_000 + b"\r\n\r\nx",
    "open quotes in a type": lambda: _mail(b"x", b"Content-Type: text/plain; " + b'a="' * 300_000),
    "open tags": lambda: _mail(b"<" * 3_000_000, b"Content-Type: text/html"),
    "open comments in HTML": lambda: _mail(b"<!--" * 500_000, b"Content-Type: text/html"),
    "endless sign-offs": lambda: _mail(b"Cordialement\n" * 300_000),
    "endless attributions": lambda: _mail(b"le aaaaaaaaaa " * 300_000),
    "endless forwards": lambda: _mail(b"---------- Forwarded message ----------\nDe: a@b.fr\n" * 50_000),
    "boundaries that begin no line": lambda: _mail(b"--bb" * 5_000_000, b'Content-Type: multipart/mixed; boundary="b"'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_takes_a_second(name: str) -> None:
    raw = HOSTILE[name]()
    start = time.perf_counter()
    parse_mail(raw)
    assert time.perf_counter() - start < 1


def test_the_standard_librarys_hostile_mails_go_through() -> None:
    try:
        folder = importlib.resources.files("test.test_email.data")
    except ModuleNotFoundError:
        pytest.skip("this interpreter was built without its test package")
    names = [entry for entry in folder.iterdir() if entry.name.endswith((".txt", ".eml"))]
    assert names
    for entry in names:
        start = time.perf_counter()
        parse_mail(entry.read_bytes())
        assert time.perf_counter() - start < 1, entry.name


@given(st.binary(max_size=2000))
def test_any_bytes_give_a_mail(raw: bytes) -> None:
    parse_mail(raw)


_PIECES = st.sampled_from(
    [
        b"From: a@b.fr\r\n", b"Subject: =?utf-8?q?=\r\n", b"Subject: =?x?b?!!?=\r\n", b"\r\n", b"--b\r\n", b"--b--\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: text/html; charset=\xff\r\n", b"<p>", b"> ",
        b"Content-Transfer-Encoding: base64\r\n", b"====\r\n", b"\x00\x1b]52;c;\x07", "\u202e".encode(), b"De : x\r\n",
        b"Date: Thu, 99 Zzz 0000 99:99:99 +9999\r\n", b"Le 1, x a \xe9crit :\r\n", b"Content-Type: message/rfc822\r\n",
        b"Thread-Index: AAAA\r\n", b"Content-Disposition: attachment; filename*=x'y'%ff\r\n",
        b"---------- Forwarded message ----------\r\n",
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=40))
def test_any_structure_gives_a_mail(pieces: list[bytes]) -> None:
    parse_mail(b"".join(pieces))


def test_the_same_bytes_give_the_same_mail() -> None:
    raw = _mail(b"hello", b"Message-ID: <x@y>")
    assert parse_mail(raw) == parse_mail(raw)
