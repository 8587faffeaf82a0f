"""The MIME tree of a mail as a flat list of leaves, by one linear walk over bytes.

The standard library's feed parser recurses once a nested part and its header parser is superlinear on hostile
headers; this walk has a bound on depth, parts and header bytes, so that any input ends within a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

HEADER_BYTES = 128 * 1024
HEADER_VALUE_CHARS = 8 * 1024
HEADER_COUNT = 400
MAX_DEPTH = 20
MAX_PARTS = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One entity: its headers (lower-case names, first value wins) and its still encoded body."""

    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Such as `text/plain`, which is also what a missing or broken header means (RFC 2045 5.2)."""
        main, slash, sub = self.headers.get("content-type", "").split(";")[0].strip().lower().partition("/")
        return f"{main}/{sub}" if slash and main and sub else "text/plain"

    def parameter(self, name: str, header: str = "content-type") -> str:
        """A header's parameter, RFC 2231 forms decoded; empty where there is none."""
        message: Message[str, str] = Message()
        message[header] = self.headers.get(header, "")[:2048]
        try:
            value = message.get_param(name, "", header)
        except (ValueError, LookupError, TypeError):
            return ""
        if isinstance(value, tuple):
            charset, _, text = value
            try:
                return text.encode("latin-1", "replace").decode(charset or "utf-8", "replace")
            except LookupError:
                return text
        return str(value or "")


def entity(raw: bytes) -> Part:
    """Split an entity into headers and body at its first empty line."""
    if raw[:1] in {b"\n", b"\r"}:
        return Part({}, raw.lstrip(b"\r\n"))
    head, body = _split_head(raw)
    return Part(_headers(head), body)


def leaves(root: Part) -> tuple[list[Part], list[str]]:
    """All entities that hold no others, depth first, and the defects met on the way."""
    found: list[Part] = []
    defects: list[str] = []
    stack: list[tuple[Part, int]] = [(root, 0)]
    while stack:
        part, depth = stack.pop()
        boundary = part.parameter("boundary").encode("utf-8", "replace")[:200]
        if not part.media_type.startswith("multipart/"):
            found.append(part)
        elif not boundary:
            defects.append("multipart without boundary read as text")
            found.append(Part({**part.headers, "content-type": "text/plain"}, part.body))
        elif depth >= MAX_DEPTH:
            defects.append(f"more than {MAX_DEPTH} nested parts, the rest is not read")
        else:
            children = [entity(chunk) for chunk in _chunks(part.body, boundary, defects)]
            stack.extend((child, depth + 1) for child in reversed(children))
        if len(found) >= MAX_PARTS:
            defects.append(f"more than {MAX_PARTS} parts, the rest is not read")
            break
    return found, defects


def _split_head(raw: bytes) -> tuple[bytes, bytes]:
    """Head and body; what looks like no header line at all is body."""
    window = raw[:HEADER_BYTES]
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n", b"\r\r") if (at := window.find(mark)) >= 0]
    if ends:
        at, width = min(ends)
        return raw[:at], raw[at + width :]
    first = window.split(b"\n", 1)[0]
    if b":" not in first[:80] or b" " in first.split(b":")[0].strip():
        return b"", raw
    if len(raw) <= HEADER_BYTES:
        return raw, b""
    for mark in (b"\r\n\r\n", b"\n\n"):
        at = raw.find(mark)
        if at >= 0:
            return window, raw[at + len(mark) :]
    return window, b""


def _headers(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    text = _header_text(head)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    name = ""
    for line in lines[: HEADER_COUNT * 20]:
        if line[:1] in {" ", "\t"}:
            if name and len(found[name]) < HEADER_VALUE_CHARS:
                found[name] += " " + line.strip()
            continue
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        fresh = bool(colon) and bool(key) and len(key) < 80 and key not in found and len(found) < HEADER_COUNT
        name = key if fresh else ""
        if fresh:
            found[name] = value.strip()[:HEADER_VALUE_CHARS]
    return found


def _header_text(head: bytes) -> str:
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _chunks(body: bytes, boundary: bytes, defects: list[str]) -> Iterator[bytes]:
    """The parts between delimiter lines; a missing end is taken as the end of the body."""
    delimiter = b"--" + boundary
    position = _delimiter_at(body, delimiter, 0)
    if position < 0:
        defects.append("boundary never found, read as text")
        yield b"\n" + body
        return
    for _ in range(MAX_PARTS):
        start = body.find(b"\n", position)
        if start < 0 or body.startswith(b"--", position + len(delimiter)):
            return
        following = _delimiter_at(body, delimiter, start + 1)
        yield body[start + 1 : following if following >= 0 else len(body)].removesuffix(b"\n").removesuffix(b"\r")
        if following < 0:
            defects.append("multipart without end")
            return
        position = following


def _delimiter_at(body: bytes, delimiter: bytes, start: int) -> int:
    """Offset of the next delimiter that begins a line and is not the prefix of a longer boundary, else -1."""
    at = start if body.startswith(delimiter, start) else _after_newline(body, delimiter, start)
    while at >= 0:
        after = body[at + len(delimiter) : at + len(delimiter) + 2]
        if not after or after[:1] in b" \t\r\n" or after == b"--":
            return at
        at = _after_newline(body, delimiter, at)
    return -1


def _after_newline(body: bytes, delimiter: bytes, start: int) -> int:
    at = body.find(b"\n" + delimiter, start)
    return at + 1 if at >= 0 else -1
