"""Foreign text on its way into mails and documents: plain, without secrets, and never markup."""

import re

from store.safe_text import plain, redact

_MARKS = re.compile(r"[\\`*\[\]<>#|~&]|(?<![^\W_])_|_(?![^\W_])")
"""What CommonMark and its tables read; an underscore within a word is none of it."""
_RUNS = re.compile(r"`+")


def one_line(text: str, limit: int = 300) -> str:
    """Return the text on one line: no escape sequences, no secrets, at most `limit` characters."""
    line = plain(redact(" ".join(text.split())))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


_CHAT = str.maketrans({"<": "‹", ">": "›", "@": "＠"})


def chat(text: str, limit: int = 300) -> str:
    """Return the text on one line for a chat's webhook: it links nothing and calls nobody (`<!channel>`, `@here`)."""
    return one_line(text, limit).translate(_CHAT)


def markdown(text: str, limit: int = 300) -> str:
    """Return the text on one line, with every character escaped that Markdown would read."""
    return _MARKS.sub(r"\\\g<0>", one_line(text, limit))


def code(text: str, limit: int = 300) -> str:
    """Return the text as a Markdown code span, whatever backticks stand in it."""
    line = one_line(text, limit)
    fence = "`" * (max((len(run) for run in _RUNS.findall(line)), default=0) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}" if line else ""
