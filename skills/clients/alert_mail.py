"""An alert of Prometheus' Alertmanager as the mail that reports it: a machine's, with foreign text made harmless."""

import re
from collections.abc import Iterable, Iterator
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from itertools import islice
from urllib.parse import SplitResult, urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from skills.client_intake.folding import fold
from skills.client_intake.reception.automatic import has_recovered
from store.safe_text import plain, redact

_HEADER_CHARS, _VALUE_CHARS, _MOST_LINES = 300, 2000, 100
# Cut before it is redacted, far behind what is kept: of a secret that is cut in two, no half is.
_READ_CHARS = 10 * _VALUE_CHARS
# No author (RFC 6854): with an address, its host would be read as the client's.
_NOBODY = "Alertmanager:;"
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Would begin a forwarded message, whose writer counts as the client.
_RULE = re.compile(r"-{4,}")


class Alert(BaseModel):
    """An alert as far as it is read."""

    model_config = ConfigDict(strict=True, frozen=True)

    fingerprint: str = Field(min_length=1, max_length=100)
    starts_at: AwareDatetime = Field(alias="startsAt", strict=False)
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    generator: str = Field(default="", alias="generatorURL")

    @property
    def uid(self) -> str:
        """Its name at the server."""
        return f"{self.fingerprint}.{self.starts_at.timestamp():.0f}"


def as_mail(alert: Alert, url: str, client_label: str) -> bytes:
    """Return an alert as the mail that reports it, in the form that monitoring mails have.

    Its sender is at the client's domain where the label names one: that decides whose report it is, before any domain
    in the text. Else nobody sent it, and who watches is named as the recipient, so as to be taken for no client.
    """
    label = alert.labels.get(client_label, "")
    client = _domain(label)
    mail = MIMEText("\n".join(_body(alert, label, whole=bool(client))), "plain", "utf-8")
    mail["From"] = f"alertmanager@{client}" if client else _NOBODY
    if watchers := "" if client else _watchers(alert, url):
        mail["To"] = watchers
    mail["Subject"] = _header(_subject(alert))
    mail["Date"] = format_datetime(alert.starts_at)
    mail["Message-ID"] = f"<{_word(alert.uid)}@{_word(split_address(url).hostname or 'alertmanager')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Alertmanager-Fingerprint"] = _word(alert.fingerprint)
    if label:
        mail["X-Alertmanager-Client"] = client or _header(label)
    return mail.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _watchers(alert: Alert, url: str) -> str:
    hosts = (_domain(split_address(each).hostname or "") for each in (url, alert.generator))
    return ", ".join(f"alertmanager@{host}" for host in hosts if host)


def _subject(alert: Alert) -> str:
    """Return name and summary; the name alone where "only 1 of 3 is up" would be read as: all is well again."""
    name = f"[FIRING] {alert.labels.get('alertname') or 'alert'}"
    summary = alert.annotations.get("summary") or alert.annotations.get("description")
    whole = _line(f"{name}: {summary}" if summary else name)
    return name if has_recovered(fold(whole)) else whole


def _body(alert: Alert, client: str, *, whole: bool) -> Iterator[str]:
    """Yield the lines; what tells that a machine wrote stands first, for a long text may be read in part.

    Not `whole`, the source's query is left out: its `g0.expr=` would be read as a domain, and so as the client.
    """
    head, told = alert.labels | {"client": client}, ("summary", "description")
    yield from (_line(f"{key}: {head[key]}") for key in ("client", "alertname", "severity") if head.get(key))
    yield f"startsAt: {alert.starts_at.isoformat()}\n"
    yield from (_line(f"{key}: {alert.annotations[key]}") for key in told if key in alert.annotations)
    yield "\nLabels:"
    yield from _pairs(sorted(alert.labels.items()))
    yield "Annotations:"
    yield from _pairs((key, value) for key, value in sorted(alert.annotations.items()) if key not in told)
    yield _line(f"Source: {alert.generator if whole else alert.generator.partition('?')[0]}")


def _pairs(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a line each, without a colon after the key: a label `from` is no pasted header."""
    return (_line(f"{key} = {value}") for key, value in islice(items, _MOST_LINES))


def _line(text: str) -> str:
    """Return foreign text as one harmless line."""
    return _RULE.sub("---", plain(redact(text[:_READ_CHARS]))[:_VALUE_CHARS]).strip()


def _header(text: str) -> str:
    """Return foreign text as a header's value: always encoded, so that nothing in it is syntax."""
    return Header(_line(text)[:_HEADER_CHARS], "utf-8", maxlinelen=70).encode()


def _domain(text: str) -> str:
    """Return the text where it is a domain, else nothing."""
    folded = text.strip().rstrip(".").lower()
    return folded if _DOMAIN.fullmatch(folded) else ""


def split_address(url: str) -> SplitResult:
    """Return an address's parts; those of an empty one where it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _word(text: str) -> str:
    """What may stand in a message's id."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-._") else "-" for char in text)
