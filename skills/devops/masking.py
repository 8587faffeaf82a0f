"""Kubernetes objects as they may be kept and shown: a secret value is its keyed fingerprint.

`{"hmac": "…"}` stands in its place, so that two objects can be compared without either being known.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from skills.contract import Vault
from store.safe_text import redact
from store.values import Json

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def masked(live: Json, vault: Vault) -> Json:
    """Return the object without any secret value: a Secret's data fingerprinted, other text redacted."""
    if live.get("kind") != "Secret":
        safe: Json = _each_text(live, lambda text: _hidden(text, vault))
        return safe
    kept = {key: value for key, value in live.items() if key not in ("data", "stringData")}
    annotations = kept.get("metadata", {}).get("annotations") or {}
    if _LAST_APPLIED in annotations:  # kubectl keeps the whole Secret in it, data included
        hidden = {**annotations, _LAST_APPLIED: placeholder(annotations[_LAST_APPLIED], vault)}
        kept["metadata"] = {**kept["metadata"], "annotations": hidden}
    if live.get("data"):
        kept["data"] = {key: placeholder(decoded(value), vault) for key, value in live["data"].items()}
    return kept


def placeholder(value: str, vault: Vault) -> Json:
    """Return what stands in a secret value's place."""
    return {"hmac": vault.fingerprint(value)}


def decoded(data: str) -> str:
    """Return a Secret's value; as it stands where it is no text under base64."""
    try:
        return base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return data


def encoded(value: str) -> str:
    """Return a value as a Secret's data holds it."""
    return base64.b64encode(value.encode()).decode()


def unmasked(patch: Any, reveal: Callable[[str], str]) -> Any:
    """Return the patch with each placeholder replaced by what `reveal` says for its fingerprint."""
    if isinstance(patch, dict):
        if set(patch) == {"hmac"}:
            return reveal(patch["hmac"])
        return {key: unmasked(value, reveal) for key, value in patch.items()}
    if isinstance(patch, list):
        return [unmasked(value, reveal) for value in patch]
    return patch


def _hidden(text: str, vault: Vault) -> Any:
    return text if redact(text) == text else placeholder(text, vault)


def _each_text(value: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    return value
