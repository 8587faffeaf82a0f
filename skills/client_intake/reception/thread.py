"""A body taken apart: what its author newly wrote, the thread below it, the signature.

Of a forward the forwarded mail is the content: its pasted header block stays in the text, under one uniform rule.
"""

from dataclasses import dataclass, field

from skills.client_intake.reception.forms import folded_line, forms, labelled

FORWARD_RULE = "---------- Forwarded message ----------"
"""Stands in a mail's text before each forwarded message, whichever mail program forwarded it."""
MAX_LINES = 4000
MAX_NESTING = 8
SIGNATURE_LINES = 12
SIGNATURE_CHARS = 90


@dataclass(slots=True)
class Body:
    """The parts of a body; each is stripped text."""

    text: str = ""
    quoted: str = ""
    signature: str = ""


@dataclass(slots=True)
class _Split:
    fresh: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    forwards: int = 0


def take_apart(source: str, *, forwarded: bool) -> Body:
    """Split a body; `forwarded` says that the subject calls it a forward, so that a bare header block is content."""
    lines = source.split("\n")[:MAX_LINES]
    split = _split(lines, forwarded=forwarded)
    text, signature = _without_signature(split.fresh)
    return Body(text, "\n".join(split.quoted).strip(), signature)


def _split(lines: list[str], *, forwarded: bool) -> _Split:
    split = _Split()
    index = 0
    while index < len(lines):
        kind, width = _boundary(lines, index)
        if kind == "forward" or (kind == "block" and (forwarded or split.forwards)):
            if split.forwards >= MAX_NESTING:
                split.quoted.extend(lines[index:])
                break
            index = _take_forward(lines, index, width, split)
        elif kind in {"original", "block"}:
            split.quoted.extend(lines[index:])
            break
        elif kind == "attribution":
            index = _take_quotation(lines, index + width, split)
        elif lines[index].lstrip().startswith(">") and not split.forwards:
            split.quoted.append(lines[index])
            index += 1
        else:
            split.fresh.append(_unquoted(lines[index]) if split.forwards else lines[index])
            index += 1
    return split


def _boundary(lines: list[str], index: int) -> tuple[str, int]:
    """What begins at this line: forward, original, block, attribution or nothing; and the lines of its marker."""
    line = folded_line(lines[index])
    bare = line.lstrip("> *").rstrip(" *")
    if bare[:1] == "-" or bare[:5] in {"begin", "debut", "messa"}:
        if forms().forwarded.search(bare):
            return "forward", 1
        if forms().original.search(bare):
            following = _next_filled(lines, index + 1)
            return ("block" if _is_block(lines, following) else "original"), following - index
    if _is_block(lines, index):
        return "block", 0
    if bare[:3] in {"le ", "on "} or "@" in bare:
        for width in (1, 2):
            joined = " ".join(folded_line(part).lstrip("> ") for part in lines[index : index + width])
            if forms().attribution.search(joined[:300]):
                return "attribution", width
    return "", 0


def _is_block(lines: list[str], index: int) -> bool:
    """A pasted header block: a sender, and within the next lines a date and a subject or recipient."""
    first = labelled(lines[index]) if index < len(lines) else None
    if first is None or first[0] not in {"from", "date", "subject"}:
        return False
    fields = {found[0] for line in lines[index : index + 7] if (found := labelled(line))}
    return "from" in fields and "date" in fields and bool(fields & {"subject", "to"})


def _take_forward(lines: list[str], index: int, width: int, split: _Split) -> int:
    """Append the rule and the header block; returns the index of the forwarded text's first line."""
    split.forwards += 1
    split.fresh += ["", FORWARD_RULE]
    index = _next_filled(lines, index + width)
    while index < len(lines) and (labelled(lines[index]) or _is_wrapped_address(lines[index])):
        split.fresh.append(_unquoted(lines[index]).replace("*", ""))
        index += 1
    split.fresh.append("")
    return index


def _take_quotation(lines: list[str], index: int, split: _Split) -> int:
    """After "X wrote:": the quoted lines where they are marked, else everything below."""
    start = _next_filled(lines, index)
    if start >= len(lines) or not lines[start].lstrip().startswith(">"):
        split.quoted.extend(lines[start:])
        return len(lines)
    return start


def _next_filled(lines: list[str], index: int) -> int:
    while index < len(lines) and not lines[index].strip("> \t"):
        index += 1
    return index


def _is_wrapped_address(line: str) -> bool:
    return line[:1] in {" ", "\t"} and "@" in line


def _unquoted(line: str) -> str:
    return line.lstrip("> ") if line.lstrip().startswith(">") else line


def _without_signature(lines: list[str]) -> tuple[str, str]:
    """The signature is cut off each message of a forward chain as well."""
    texts: list[str] = []
    signatures: list[str] = []
    chunk: list[str] = []
    for line in [*lines, FORWARD_RULE]:
        if line != FORWARD_RULE:
            chunk.append(line)
            continue
        text, signature = _cut(chunk)
        texts.append(text)
        signatures.append(signature)
        chunk = []
    return f"\n\n{FORWARD_RULE}\n".join(texts).strip(), "\n".join(part for part in signatures if part)


def _cut(lines: list[str]) -> tuple[str, str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = _signature_start(lines[:end])
    after = lines[start:end]
    kept = next(
        (at for at, line in enumerate(after) if at and folded_line(line).startswith(("ps ", "ps:", "p.s"))), None
    )
    if kept is not None:
        return "\n".join([*lines[:start], "", *after[kept:]]).strip(), "\n".join(after[:kept]).strip()
    return "\n".join(lines[:start]).strip(), "\n".join(after).strip()


def _signature_start(lines: list[str]) -> int:
    """Index of the first line that is signature, device line or disclaimer; the number of lines where there is none."""
    for index, line in enumerate(lines):
        folded = folded_line(line)
        if not folded:
            continue
        if forms().delimiter.search(line.rstrip("\r")) and len(lines) - index <= 30:
            return index
        begins_paragraph = index == 0 or not lines[index - 1].strip()
        if begins_paragraph and forms().disclaimer.search(folded) and len(lines) - index <= 40 and index:
            return index
        if forms().device.search(folded) and index:
            return index
        if _is_sign_off(folded, lines, index):
            return index
    return len(lines)


def _is_sign_off(folded: str, lines: list[str], index: int) -> bool:
    """A closing formula with nothing below it but a few short lines and boilerplate."""
    if not index or len(folded) > 60 or not forms().sign_off.search(folded):
        return False
    rest = [line for line in lines[index + 1 : index + 3 * SIGNATURE_LINES] if line.strip()][: SIGNATURE_LINES + 1]
    for line in rest:
        if forms().disclaimer.search(folded_line(line)) or forms().delimiter.search(line):
            return True
        if len(line) > SIGNATURE_CHARS:
            return False
    return len(rest) <= SIGNATURE_LINES
