"""Multi-line entries folded to one: a stack trace belongs to the line above it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skills.devops.monitoring.logs.entries import Recognised, recognise
from skills.devops.monitoring.logs.levels import continues

_MOST = 400
"""Lines of one entry; what would be longer begins a new one."""


@dataclass(frozen=True, slots=True)
class Folded:
    """An entry: the first line's number (from 1), what it says, and the lines that belong to it."""

    number: int
    head: Recognised
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole entry, line breaks kept."""
        return "\n".join((self.head.text, *self.more))


def fold(lines: Iterable[str]) -> Iterator[Folded]:
    """Yield the entries of a stream of lines; each as soon as the next one begins.

    Lines of several pods may be interleaved: a trace continues the last entry of its own pod.
    """
    open_entries: dict[str, tuple[int, Recognised, list[str]]] = {}
    for number, line in enumerate(lines, 1):
        bare = line.rstrip("\r\n")
        said = recognise(bare)
        entry = open_entries.get(said.pod)
        if entry and continues(said.text.encode(errors="replace")) and len(entry[2]) < _MOST:
            entry[2].append(said.text)
            continue
        if entry:
            yield _closed(entry)
        open_entries[said.pod] = (number, said, [])
    yield from (_closed(entry) for entry in sorted(open_entries.values(), key=lambda each: each[0]))


def _closed(entry: tuple[int, Recognised, list[str]]) -> Folded:
    number, said, more = entry
    while more and not more[-1].strip():
        more.pop()
    return Folded(number, said, tuple(more))
