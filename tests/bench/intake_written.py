"""The wider labelled set: plain files of written mails, made into raw mails as real programs would send them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.header import Header
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "intake_corpus"
_START = datetime(2025, 4, 1, 8, 30, tzinfo=timezone(timedelta(hours=2)))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A mail with what a good colleague would read in it."""

    name: str
    raw: bytes
    priority: str
    type: str
    impact: frozenset[str]
    language: str
    client: str
    duplicate_of: str | None = None
    held_out: bool = False
    options: dict[str, str] = field(default_factory=dict)


def written() -> list[Labelled]:
    """All mails of the set, in order; a third of them, chosen by a hash of their text, is held out from tuning."""
    found: list[Labelled] = []
    for path in sorted(FOLDER.glob("*.txt")):
        found += _read(path)
    return found


def _read(path: Path) -> Iterator[Labelled]:
    names: dict[str, str] = {}
    when = _START
    for number, block in enumerate(path.read_text(encoding="utf-8").split("=== ")[1:], 1):
        head, _, rest = block.partition("\n")
        subject, _, body = rest.partition("\n")
        priority, kind, impact, language, domain, options = _head(head)
        when = datetime.fromisoformat(options["at"]) if "at" in options else when + timedelta(hours=31, minutes=7)
        name = f"{path.stem}-{number:03}.eml"
        if "id" in options:
            names[options["id"]] = name
        # A client's incidents are held out whole.
        lot = domain if "id" in options else body
        held = int(hashlib.sha256(lot.encode()).hexdigest(), 16) % 3 == 0
        raw = _mail((subject, body.strip()), domain, when, options, number)
        duplicate = names.get(options.get("dup", ""))
        client = options.get("client", domain)
        yield Labelled(name, raw, priority, kind, impact, language, client, duplicate, held, options)


def _head(line: str) -> tuple[str, str, frozenset[str], str, str, dict[str, str]]:
    """`P1 hotfix data_loss,revenue_loss fr shop.fr key=value…`; two spaces stand for no impact."""
    parts = line.split(" ")
    priority, kind, impacts, language, domain = parts[:5]
    options = dict(part.split("=", 1) for part in parts[5:] if "=" in part)
    return priority, kind, frozenset(impacts.split(",")) - {"", "-"}, language, domain, options


def _mail(text: tuple[str, str], domain: str, when: datetime, options: dict[str, str], number: int) -> bytes:
    subject, body = text
    sender = options.get("from", f"{('contact', 'info', 'j.martin', 'ops', 'direction')[number % 5]}@{domain}")
    headers = [
        f"From: {sender}",
        "To: support@agence.fr",
        f"Subject: {Header(subject, 'utf-8').encode() if not subject.isascii() else subject}",
        f"Date: {when.strftime('%a, %d %b %Y %H:%M:%S %z')}",
        f"Message-ID: <{options.get('id', f'{number}.{domain}')}@written.example>",
        "MIME-Version: 1.0",
    ]
    if "re" in options:
        headers += [f"In-Reply-To: <{options['re']}@written.example>", f"References: <{options['re']}@written.example>"]
    headers += _AUTOMATIC.get(options.get("auto", ""), [])
    return _encoded(headers, body, number)


_AUTOMATIC = {
    "ooo": ["Auto-Submitted: auto-replied"],
    "bounce": ["Return-Path: <>", "X-Failed-Recipients: nobody@agence.fr"],
    "list": ["List-Unsubscribe: <https://lists.example/u>", "Precedence: bulk"],
}


def _encoded(headers: list[str], body: str, number: int) -> bytes:
    """Plain UTF-8, plain Latin-1 or HTML only, in turn."""
    style = number % 4
    if style == 1:
        body = body.replace("’", "'").replace("€", "EUR").replace("œ", "oe")
        content = "text/plain; charset=iso-8859-1", body.encode("latin-1", "replace")
    elif style == 2:
        paragraphs = "".join(f"<p>{part}</p>" for part in body.replace("&", "&amp;").replace("<", "&lt;").split("\n\n"))
        content = (
            "text/html; charset=utf-8",
            f"<html><body>{paragraphs.replace(chr(10), '<br>')}</body></html>".encode(),
        )
    else:
        content = "text/plain; charset=utf-8", body.encode()
    kind, data = content
    return "\r\n".join([*headers, f"Content-Type: {kind}", "Content-Transfer-Encoding: 8bit", "", ""]).encode() + data
