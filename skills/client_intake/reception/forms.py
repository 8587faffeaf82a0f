"""The compiled forms of mail programs: quotations, sign-offs, automatic mail, labels of pasted header blocks."""

import re
from dataclasses import dataclass
from functools import cache

from skills.client_intake.folding import fold
from skills.client_intake.knowledge import table

LINE_CHARS = 400


@dataclass(frozen=True, slots=True)
class Forms:
    """Patterns by what they recognise; `labels` maps a folded label to its field."""

    attribution: re.Pattern[str]
    original: re.Pattern[str]
    forwarded: re.Pattern[str]
    forward_subject: re.Pattern[str]
    reply_subject: re.Pattern[str]
    delimiter: re.Pattern[str]
    device: re.Pattern[str]
    sign_off: re.Pattern[str]
    disclaimer: re.Pattern[str]
    labels: dict[str, str]


@cache
def forms() -> Forms:
    """The forms of `forms.toml`."""
    data = table("forms")
    thread, signature = data["thread"], data["signature"]
    return Forms(
        attribution=_any(thread["attribution"]),
        original=_any(thread["original"]),
        forwarded=_any(thread["forwarded"]),
        forward_subject=re.compile(thread["forward_subject"]),
        reply_subject=re.compile(thread["reply_subject"]),
        delimiter=re.compile(signature["delimiter"]),
        device=_any(signature["device"]),
        sign_off=re.compile(signature["sign_off"]),
        disclaimer=_any(signature["disclaimer"]),
        labels={label: field for field, labels in data["labels"].items() for label in labels},
    )


def folded_line(line: str) -> str:
    """A line as the forms see it."""
    return fold(line[:LINE_CHARS]).strip()


def labelled(line: str) -> tuple[str, str] | None:
    """Field and value of a pasted header line such as `*De :* Anne <a@b.fr>`, else None."""
    bare = line[:LINE_CHARS].lstrip("> *\t")
    label, colon, value = bare.partition(":")
    if not colon or len(label) > 24:
        return None
    field = forms().labels.get(fold(label).strip(" *"))
    return (field, value.strip(" *\t")) if field else None


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
