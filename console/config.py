"""The configuration: one typed tree, read from TOML. No secret stands in it."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from skills.contract import KnownClient
from skills.site import Agency, Site, Strict


class UsageError(Exception):
    """Bad usage or input: one clear line that says what, where and what to do. Exit status 2."""


class Smtp(Strict):
    """The mail server that takes our mails. `password_command` prints the password."""

    host: str = "127.0.0.1"
    port: int = 25
    starttls: bool = False
    user: str = ""
    password_command: tuple[str, ...] = ()
    sent_maildir: Path | None = None
    """Where the mail server files a copy of what it took (`always_bcc`): tells, after a crash, whether a mail left."""


def _one_or_more(value: object) -> object:
    """Take a single table as a list of one."""
    return [value] if isinstance(value, dict) else value


class ImapSource(Strict):
    """An IMAP mailbox. Its secret is named by exactly one of the three references."""

    host: str
    user: str
    port: int = 993
    folder: str = "INBOX"
    security: Literal["tls", "starttls", "none"] = "tls"
    ca_file: Path | None = None
    """Certificates trusted beside the system's."""
    password_env: str = ""
    password_command: tuple[str, ...] = ()
    token_command: tuple[str, ...] = ()
    """Prints an OAuth2 access token, asked for at each connection."""
    days: int = Field(default=14, ge=1)
    """How old a mail may be that is taken in: of an old mailbox, the rest is left alone."""

    @model_validator(mode="after")
    def _has_one_secret(self) -> Self:
        if sum(map(bool, (self.password_env, self.password_command, self.token_command))) != 1:
            raise ValueError("name one of password_env, password_command and token_command")
        return self


class AlertmanagerServer(Strict):
    """A Prometheus Alertmanager whose firing alerts are reports. Without a reference no token is sent."""

    url: str
    """Such as `https://alerts.example.com`, with the path prefix if it has one."""
    seconds: float = Field(default=15.0, ge=1)
    """Between two looks."""
    client_label: str = "client"
    """The label that names the client's domain."""
    ca_file: Path | None = None
    user: str = ""
    """With a user, what the references give is the password of HTTP's basic authentication, else a bearer token."""
    token_env: str = ""
    token_command: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host, as the screen names the source."""
        return urlsplit(self.url).netloc.rpartition("@")[2] or self.url


class MailboxSource(Strict):
    """Where mails come in; all at once."""

    maildir: Path | None = None
    imap: Annotated[tuple[ImapSource, ...], BeforeValidator(_one_or_more)] = ()


class Alerts(Strict):
    """The team's webhook."""

    webhook: str = ""


class Config(BaseSettings):
    """The whole configuration."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix="ASTREINTE_SETTING_")

    agency: Agency = Agency()
    mailbox: MailboxSource = MailboxSource()
    smtp: Smtp = Smtp()
    alerts: Alerts = Alerts()
    alertmanager: Annotated[tuple[AlertmanagerServer, ...], BeforeValidator(_one_or_more)] = ()
    clients: tuple[Site, ...] = Field(default=())

    def site(self, domain: str) -> Site:
        """Return the site of a client's domain; one without a cluster where the client is not configured."""
        for site in self.clients:
            if domain == site.name or any(domain == d or domain.endswith("." + d) for d in site.domains + site.aliases):
                return site
        return Site(name=domain or "?", domains=(domain or "?",), time_zone=self.agency.time_zone)

    def configured(self, site: Site) -> bool:
        """Whether the site stands in the configuration."""
        return site in self.clients

    def known_clients(self) -> tuple[KnownClient, ...]:
        """Return what reading a mail needs to know of the clients."""
        return tuple(
            KnownClient(site.name, site.domains + site.aliases, site.language, site.time_zone) for site in self.clients
        )


def load_config(path: Path | None) -> Config:
    """Read the configuration; the defaults where `path` is None.

    Raises:
        UsageError: the file can't be read, is no TOML, or has an unknown or wrong key.
    """
    if path is None:
        return Config()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {os.strerror(error.errno or 0)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
    try:
        return Config(**_located(tree, path.parent))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: {where}: {first['msg']}") from error


def _located(tree: dict[str, Any], base: Path) -> dict[str, Any]:
    """Take relative paths as relative to the configuration file."""
    for section, key in (("mailbox", "maildir"), ("smtp", "sent_maildir"), ("agency", "postmortem_directory")):
        if isinstance(value := tree.get(section, {}).get(key), str):
            tree[section][key] = str(base / Path(value).expanduser())
    tables = [(client, "kubeconfig") for client in tree.get("clients", [])]
    for sources in (tree.get("alertmanager", []), tree.get("mailbox", {}).get("imap", [])):
        tables += [(source, "ca_file") for source in (sources if isinstance(sources, list) else [sources])]
    for table, key in tables:
        if isinstance(table, dict) and isinstance(value := table.get(key), str):
            table[key] = str(base / Path(value).expanduser())
    return tree
