"""Whose report it is: configured domains first, then the original sender's company, then what the mail names."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from skills.client_intake.knowledge import table
from skills.client_intake.reception.addresses import company_domain, domains_in, first_address, is_personal
from skills.client_intake.reception.forms import labelled
from skills.client_intake.reception.thread import FORWARD_RULE
from store.values import Mail

if TYPE_CHECKING:
    from skills.contract import KnownClient


def known_client(domain: str, clients: Sequence["KnownClient"]) -> "KnownClient | None":
    """The configured client that a host belongs to, if any."""
    for client in clients:
        if any(domain == name or domain.endswith(f".{name}") for name in client.domains):
            return client
    return None


def client_of(mail: Mail, clients: Sequence["KnownClient"] = ()) -> tuple[str, str]:
    """The reporting client's domain and the words that tell it; empty where nothing does."""
    own = {company_domain(host) for address in mail.to if (host := _host(address.email))}
    writers = _writers(mail)
    for host in writers:
        if client := known_client(host, clients):
            return client.domains[0], host
    if mail.automatic == "monitoring" and (host := _watched(mail, own)):
        client = known_client(host, clients)
        return (client.domains[0] if client else host), host
    for host in writers:  # who forwards is the client, unless it is one of us
        company = company_domain(host)
        if company not in own and not is_personal(host) and not _is_watcher(host) and not is_personal(company):
            return company, host
    named = [company_domain(host) for host in domains_in(f"{mail.subject}\n{mail.text}\n{mail.signature}")]
    for host in named:
        if client := known_client(host, clients):
            return client.domains[0], host
    counted = Counter(host for host in named if host not in own and not is_personal(host) and not _is_watcher(host))
    if counted:
        best = counted.most_common(1)[0][0]
        return best, best
    return (company_domain(writers[-1]), writers[-1]) if writers else ("", "")


def _watched(mail: Mail, own: set[str]) -> str:
    """The company that an alert is about, by its subject, else its text; empty where it watches its own sender."""
    mailbox = mail.sender.email.partition("@")[0].lower()
    if mailbox in table("forms")["monitoring"]["self_hosted"]:
        return ""
    sender = company_domain(_host(mail.sender.email))
    for text in (mail.subject, mail.text):
        named = [company_domain(host) for host in domains_in(text)]
        if sender in named and text is mail.subject:
            return ""
        others = [host for host in named if host not in own | {sender} and not _is_watcher(host)]
        if others:
            return Counter(others).most_common(1)[0][0]
    return ""


def _writers(mail: Mail) -> list[str]:
    """Hosts of everyone who wrote or forwarded, the last forwarder first."""
    found = [_host(mail.sender.email)]
    for block in mail.text.split(FORWARD_RULE)[1:]:
        for line in block.strip().split("\n")[:6]:
            label = labelled(line)
            address = first_address(label[1]) if label and label[0] == "from" else None
            if address:
                found.append(_host(address.email))
                break
    return [host for host in found if host]


def _host(email: str) -> str:
    return email.partition("@")[2].lower()


def _is_watcher(host: str) -> bool:
    """Watching products and hosting companies write about a client, they are none."""
    labels = set(host.split("."))
    return any(
        product in host or product.partition(".")[0] in labels for product in table("forms")["monitoring"]["senders"]
    )
