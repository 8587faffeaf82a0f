"""Mail that no person wrote: bounces, auto-replies, monitoring, lists."""

import re
from functools import cache
from typing import Any

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table


def automatic_kind(headers: dict[str, str], sender: str, subject: str, text: str) -> str:
    """`bounce`, `auto-reply`, `monitoring` or `list`, else empty.

    Headers come first (RFC 3834, RFC 3464, RFC 2369), then shapes of subject and sender.
    """
    automatic: dict[str, Any] = table("forms")["automatic"]
    auto_submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    folded = fold(subject[:300])
    local = sender.partition("@")[0]
    if _is_bounce(headers, local, folded):
        return "bounce"
    if is_monitoring(sender, folded, text):
        return "monitoring"
    replied = auto_submitted == "auto-replied" or "x-autoreply" in headers or "x-autorespond" in headers
    if replied or _match(automatic["auto_reply_subject"], folded):
        return "auto-reply"
    away = auto_submitted == "auto-generated" and _any_match(tuple(automatic["auto_reply_text"]), fold(text[:600]))
    precedence = headers.get("precedence", "").strip().lower()
    if away or precedence == "auto_reply":
        return "auto-reply"
    if "list-unsubscribe" in headers or "list-id" in headers or precedence in {"bulk", "list", "junk"}:
        return "list"
    return ""


def is_monitoring(sender: str, folded_subject: str, text: str) -> bool:
    """Whether a watching product wrote this, by its sender, or by its subject's and text's shape."""
    forms = table("forms")
    monitoring = forms["monitoring"]
    local, _, domain = sender.partition("@")
    labels = set(domain.split("."))
    if any(
        product in domain or product in local or product.partition(".")[0] in labels
        for product in monitoring["senders"]
    ):
        return True
    if "http" in text and _match(monitoring["asks_for"], fold(text[:3000])):
        return False
    robot = _match(forms["automatic"]["robot_sender"], local)
    shaped = _any_match(tuple(monitoring["subjects"]), folded_subject)
    lines = sum(
        1 for line in text[:3000].split("\n") if _any_match(tuple(monitoring["texts"]), fold(line[:80]).strip())
    )
    return (robot and shaped) or (shaped and lines >= 2) or (robot and lines >= 2)


def has_recovered(folded_subject: str) -> bool:
    """Whether a monitoring mail's subject says that all is well again."""
    return _match(table("forms")["monitoring"]["recovered_subject"], folded_subject)


def _is_bounce(headers: dict[str, str], local: str, folded_subject: str) -> bool:
    automatic = table("forms")["automatic"]
    content = headers.get("content-type", "").lower()
    if "multipart/report" in content and "delivery-status" in content:
        return True
    if "x-failed-recipients" in headers:
        return True
    empty_path = headers.get("return-path", "").strip() == "<>"
    from_robot = _match(automatic["bounce_sender"], local)
    bounced = _match(automatic["bounce_subject"], folded_subject)
    return (from_robot and (bounced or empty_path)) or (bounced and empty_path)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _match(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


def _any_match(patterns: tuple[str, ...], text: str) -> bool:
    return any(_match(pattern, text) for pattern in patterns)
