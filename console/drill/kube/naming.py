"""Names as controllers make them: without vowels, so that they spell nothing."""

import hashlib
import json
import secrets

from console.drill.kube.kinds import Json

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def random_suffix(length: int = 5) -> str:
    """Return the end of a generated name."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def template_hash(template: Json) -> str:
    """Return the `pod-template-hash` of a pod template."""
    digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:10])
