"""Secrets in memory, and their fingerprints under a key that lies outside the store."""

import hashlib
import hmac

from pydantic import SecretStr


class MemoryVault:
    """Holds secrets while the process lives; what it tells of them is their HMAC."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._secrets: dict[str, SecretStr] = {}

    def put(self, name: str, value: SecretStr) -> None:
        """Keep a secret in memory."""
        self._secrets[name] = value

    def drop(self, name: str) -> None:
        """Forget a secret."""
        self._secrets.pop(name, None)

    def reveal(self, name: str) -> SecretStr | None:
        """Return the secret, or None where it is not in memory."""
        return self._secrets.get(name)

    def fingerprint(self, value: str) -> str:
        """Return the value's HMAC-SHA-256 in hex."""
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()
