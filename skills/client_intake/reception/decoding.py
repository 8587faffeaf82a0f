"""Encoded bytes become text, also where the declared charset lies; attachments become size and digest."""

import binascii
import codecs
import hashlib
import quopri
import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header

from skills.client_intake.reception.parts import Part
from store.values import Attachment

TEXT_BYTES = 200 * 1024
"""Of one text part, as much is read as a person could; the rest is cut."""
ATTACHMENT_BYTES = 25 * 1024 * 1024
"""Beyond this an attachment is not decoded: its size is an estimate, its digest that of its encoded bytes."""

_UNSAFE_CODECS = {"punycode", "idna", "unicode_escape", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"}
_TRAIL = "[\u0080-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_MOJIBAKE = re.compile(f"[ÂÃÅ]{_TRAIL}|â{_TRAIL}{_TRAIL}|ð{_TRAIL}{_TRAIL}{_TRAIL}")
_ACCENTED = re.compile("[éèàêçùôûîâëïœÉÀÈ]")
_MOJIBAKE_SHARE = 4
"""A text with that many well-formed accents for each broken one quotes the breakage; it is not broken itself."""
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?]*\?=")


def payload(part: Part, limit: int) -> bytes:
    """The part's bytes, its transfer encoding undone, from at most `limit` encoded bytes."""
    encoded = part.body[:limit]
    encoding = part.headers.get("content-transfer-encoding", "").strip().lower()
    if encoding == "base64":
        return _base64(encoded)
    if encoding == "quoted-printable":
        return quopri.decodestring(encoded)
    return encoded


def text_of(part: Part) -> tuple[str, str]:
    """The part's text, normalised; and a defect where the charset lied, else an empty string."""
    text, defect = decode(payload(part, TEXT_BYTES), part.parameter("charset").strip().lower())
    return normalise(text), defect


def decode(data: bytes, declared: str) -> tuple[str, str]:
    """Decode by what the bytes say; the declared charset is a hint that loses against evidence."""
    if declared in {"", "us-ascii", "ascii", "unknown-8bit", "iso-8859-1", "latin1", "latin-1"}:
        text, defect = _guess(data, declared)
    else:
        try:
            trusted = codecs.lookup(declared).name not in _UNSAFE_CODECS
            text, defect = (data.decode(declared), "") if trusted else _guess(data, declared)
        except (LookupError, UnicodeError, ValueError):
            text, defect = _guess(data, declared)
    repaired = _unmojibake(text)
    return (repaired, "text was encoded twice") if repaired != text else (text, defect)


def normalise(text: str) -> str:
    """NFC, Unix line ends, ordinary spaces, no NUL, no BOM; all other characters stay for the display to escape."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.translate({0: "\ufffd", 0xA0: " ", 0x202F: " ", 0x2009: " ", 0xFEFF: None, 0x2028: "\n", 0x2029: "\n"})


def header_text(value: str) -> str:
    """A header's value with its encoded words decoded; broken ones stay as they stand."""
    if "=?" not in value:
        return normalise(value)
    if not _ENCODED_WORD.search(value):
        return normalise(value)
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return normalise(value)
    decoded = [
        piece if isinstance(piece, str) else decode(piece, (charset or "utf-8").lower())[0] for piece, charset in pieces
    ]
    return normalise("".join(decoded))


def attachment_of(part: Part) -> Attachment:
    """Name, type, size and digest; the content is never looked into."""
    name = part.parameter("filename", "content-disposition") or part.parameter("name")
    if len(part.body) > ATTACHMENT_BYTES:
        encoded = part.headers.get("content-transfer-encoding", "").strip().lower() == "base64"
        data, size = part.body, len(part.body) * 3 // 4 if encoded else len(part.body)
    else:
        data = payload(part, ATTACHMENT_BYTES)
        size = len(data)
    digest = hashlib.sha256(data).hexdigest()
    return Attachment(name=header_text(name)[:255], media_type=part.media_type[:100], size=size, sha256=digest)


def _base64(encoded: bytes) -> bytes:
    try:
        return binascii.a2b_base64(encoded)
    except binascii.Error:
        clean = bytes(byte for byte in encoded[:TEXT_BYTES] if byte in _BASE64_ALPHABET)
        return binascii.a2b_base64(clean[: len(clean) // 4 * 4])


_BASE64_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def _guess(data: bytes, declared: str) -> tuple[str, str]:
    if data.isascii():
        return data.decode("ascii"), ""
    lied = f"charset {declared[:40] or 'missing'}, read as "
    try:
        return data.decode("utf-8"), lied + "utf-8"
    except UnicodeDecodeError as error:
        if len(data) >= TEXT_BYTES - 1 and error.start > len(data) - 4:
            return data.decode("utf-8", "ignore"), lied + "utf-8"
    defect = "" if declared in {"iso-8859-1", "latin1", "latin-1"} else lied + "windows-1252"
    return data.decode("cp1252", "replace"), defect


def _unmojibake(text: str) -> str:
    """Undo UTF-8 that was read as windows-1252, run by run, where there is more than one such run."""
    if len(_MOJIBAKE.findall(text)) < 3 or _MOJIBAKE_SHARE * len(_MOJIBAKE.findall(text)) < len(
        _ACCENTED.findall(text)
    ):
        return text
    return _MOJIBAKE.sub(_undo, text).replace("Ã ", "à")


def _undo(match: re.Match[str]) -> str:
    data = b"".join(char.encode("cp1252", "ignore") or char.encode("latin-1", "ignore") for char in match.group())
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return match.group()
