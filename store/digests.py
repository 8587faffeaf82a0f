"""The digests under which a mail is sent and a document is published: of exactly what was on the screen."""

import hashlib

from store.plan import canonical
from store.values import Draft


def draft_digest(draft: Draft) -> str:
    """Return the hex SHA-256 of a draft's one JSON spelling."""
    return hashlib.sha256(canonical(draft.model_dump(mode="json"))).hexdigest()


def text_digest(text: str) -> str:
    """Return the hex SHA-256 of a document's text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
