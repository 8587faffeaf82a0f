"""API keys as Stripe knows them: of a mode and an account, active or expired, whole or restricted."""

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from console.drill.stripe_api import refusals

Mode = Literal["live", "test"]
KeyState = Literal["active", "expired"]
KEY_LENGTH = 99


@dataclass(frozen=True)
class ApiKey:
    """A key; `permissions` is None for a whole secret key, else the permissions of a restricted one."""

    secret: str = field(repr=False)
    account: str
    mode: Mode = "live"
    state: KeyState = "active"
    permissions: frozenset[str] | None = None

    @property
    def masked(self) -> str:
        """The key as Stripe prints it."""
        return masked(self.secret)

    def require(self, permission: str) -> None:
        """Raise Stripe's 403 where a restricted key lacks `permission`."""
        if self.permissions is not None and permission not in self.permissions:
            raise refusals.not_permitted(self.masked, self.account, permission)


def masked(secret: str) -> str:
    """Prefix, stars and the last four characters, as Stripe's messages show keys."""
    if len(secret) < 12:
        return "*" * len(secret)
    start = "_".join(secret.split("_")[:2]) + "_" if secret.count("_") >= 2 else ""
    return start + "*" * (len(secret) - len(start) - 4) + secret[-4:]


def make_secret(mode: Mode = "live", kind: Literal["sk", "rk"] = "sk") -> str:
    """A key of the real length, made anew at each call."""
    alphabet = string.ascii_letters + string.digits
    return f"{kind}_{mode}_" + "".join(secrets.choice(alphabet) for _ in range(KEY_LENGTH))


class KeyRing:
    """All keys that this Stripe has ever issued."""

    def __init__(self, keys: Iterable[ApiKey] = ()) -> None:
        self._keys = {key.secret: key for key in keys}

    def add(self, key: ApiKey) -> None:
        """Issue a key, or change an issued one."""
        self._keys[key.secret] = key

    def authenticate(self, header: str) -> ApiKey:
        """The active key of an Authorization header; raises Stripe's 401 otherwise."""
        scheme, _, credential = header.partition(" ")
        if scheme.lower() != "bearer" or not credential.strip():
            raise refusals.no_key()
        secret = credential.strip()
        key = self._keys.get(secret)
        if key is None:
            raise refusals.invalid_key(masked(secret))
        if key.state == "expired":
            raise refusals.expired_key(key.masked)
        return key
