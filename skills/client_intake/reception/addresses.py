"""Addresses and domains: what a header or a pasted line says, and which company a domain belongs to."""

import re
from email.utils import getaddresses
from functools import cache

from skills.client_intake.knowledge import table
from skills.client_intake.reception.decoding import header_text
from store.values import Address

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_DOMAIN = re.compile(r"(?<![\w@.-])(?:https?://)?((?:[\w-]{1,63}\.){1,5}[a-z]{2,24})(?![\w@])", re.IGNORECASE)
_FILE_ENDINGS = {
    "pdf", "png", "jpg", "jpeg", "csv", "xlsx", "docx", "php", "js", "css", "html", "htm", "txt", "env", "log", "zip",
    "xml", "json", "py", "sh", "md", "aspx", "jsp", "gif", "eml", "sql", "ts", "vue", "yml", "yaml",
}  # fmt: skip


def addresses(value: str) -> tuple[Address, ...]:
    """All addresses of a header, at most 50; names decoded."""
    if not value:
        return ()
    try:
        pairs = getaddresses([value[:4096]])
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError):
        pairs = []
    found = [
        Address(email=email.strip().lower()[:254], name=header_text(name)[:200])
        for name, email in pairs
        if "@" in email
    ]
    if not found:
        found = [Address(email=match.lower()) for match in _ADDRESS.findall(value[:4096])]
    return tuple(found[:50])


def first_address(text: str) -> Address | None:
    """The first address of a pasted line such as `Anne Roy <anne@roy.fr>` or `Anne [mailto:anne@roy.fr]`."""
    match = _ADDRESS.search(text[:500])
    if match is None:
        return None
    name = text[: match.start()].replace("mailto:", "").strip(" \"'<[(*>")
    return Address(email=match.group().lower().rstrip("."), name=name[:200])


def domains_in(text: str) -> list[str]:
    """Domains that a text names, in addresses, links or bare; file names are none."""
    found = [match.group().rpartition("@")[2].lower() for match in _ADDRESS.finditer(text)]
    found += [domain.lower() for domain in _DOMAIN.findall(text)]
    found += re.findall(r"(?<=@)((?:[\w-]{1,63}\.){1,4}[a-z]{2,24})\b", text.lower())
    return [domain for domain in found if domain.rpartition(".")[2] not in _FILE_ENDINGS]


_COUNTRY, _RESERVED = 2, frozenset({"example", "test", "invalid", "localhost"})
"""Letters of a country's top domain, and those of RFC 2606 that stand for one."""


@cache
def company_domain(host: str) -> str:
    """The registered domain of a host: `mx.shop.co.uk` is `shop.co.uk`'s."""
    labels = host.lower().strip(".").split(".")
    second, top = labels[-2:] if len(labels) > 1 else ("", labels[0])
    office = second in _second_levels() and (len(top) == _COUNTRY or top in _RESERVED)
    return ".".join(labels[-3 if office or f"{second}.{top}" in _double_suffixes() else -2 :])


@cache
def is_personal(domain: str) -> bool:
    """Whether mailboxes there belong to people rather than to one company."""
    boxes = table("forms")["mailboxes"]
    first = domain.partition(".")[0]
    return domain in boxes["free"] or any(word in first.split("-") or word == first for word in boxes["free_words"])


@cache
def _second_levels() -> frozenset[str]:
    return frozenset(table("forms")["mailboxes"]["second_levels"])


@cache
def _double_suffixes() -> frozenset[str]:
    return frozenset(table("forms")["mailboxes"]["double_suffixes"])
