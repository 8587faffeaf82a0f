"""HTML becomes plain text by one linear scan: no parser state that hostile markup could make quadratic."""

import html
import re

_SKIPPED = {"style", "script", "head", "title", "template", "noscript", "svg", "object"}
_BLOCKS = {"p", "div", "br", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section",
           "article", "header", "footer", "pre", "blockquote", "body"}  # fmt: skip
_VOID = {"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "source", "wbr"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])")
_NAME = re.compile(r"[a-z][a-z0-9:]*")


def html_to_text(source: str) -> str:
    """The visible text; block elements break lines, `blockquote` becomes `> `."""
    return _Scanner().scan(_without_comments(source))


class _Scanner:
    """Walks tags and text; knows which element hides what is inside and how deep the quotation is."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._hidden = ""
        self._depth = 0
        self._quotes = 0

    def scan(self, source: str) -> str:
        first, *rest = source.split("<")
        self._text(first)
        for chunk in rest:
            tag, closed, text = chunk.partition(">")
            name = _NAME.match(tag[:40].lower().lstrip("/"))
            if name is None and tag[:1] not in {"!", "?"}:
                self._text("<" + chunk)
                continue
            if name is not None:
                self._tag(name.group(), tag)
            self._text(text if closed else "")
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip()

    def _tag(self, name: str, tag: str) -> None:
        closing = tag.startswith("/")
        if self._hidden:
            self._inside_hidden(name, closing=closing, empty=tag.endswith("/"))
            return
        if not closing and name not in _VOID and (name in _SKIPPED or _HIDDEN.search(tag[:1000].lower())):
            self._hidden, self._depth = name, 0 if tag.endswith("/") else 1
            if not self._depth:
                self._hidden = ""
            return
        if name in _BLOCKS:
            self._break(blank=name in {"p", "h1", "h2", "h3", "table"} and not closing)
        if name == "blockquote":
            self._quotes = max(0, self._quotes + (-1 if closing else 1))
        if name in {"td", "th"}:
            self._line.append(" ")

    def _inside_hidden(self, name: str, *, closing: bool, empty: bool) -> None:
        if name == self._hidden and not empty:
            self._depth += -1 if closing else 1
        if name == "body" or self._depth <= 0:
            self._hidden = ""

    def _text(self, text: str) -> None:
        if text and not self._hidden:
            self._line.append(text)

    def _break(self, *, blank: bool = False) -> None:
        words = " ".join(html.unescape("".join(self._line)).split())
        self._line = []
        prefix = ">" * min(self._quotes, 5) + " " if self._quotes else ""
        if words:
            self._lines.append(prefix + words)
        elif blank or (self._lines and self._lines[-1].strip("> ")):
            self._lines.append(prefix.rstrip())


def _without_comments(source: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := source.find("<!--", position)) >= 0:
        kept.append(source[position:start])
        end = source.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        position = end + 3
    kept.append(source[position:])
    return "".join(kept)
