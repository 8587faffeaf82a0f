"""A line for each incident, however many there are: only what has grown since is read."""

from collections.abc import Sequence
from pathlib import Path

from store.errors import StoreError
from store.fold import fold
from store.shelf import Shelf
from store.summary import Summary, summarise
from store.summary_cache import SummaryCache


class Catalogue:
    """The incidents of a shelf. `damaged` says which ones the last listing could not read, and why."""

    def __init__(self, shelf: Shelf, cache: Path) -> None:
        self.damaged: dict[str, StoreError] = {}
        self._shelf = shelf
        self._cache = SummaryCache(cache)
        self._unopened: dict[str, int] = {}

    def summaries(self) -> Sequence[Summary]:
        """Return a line for each incident: from the cache, or from the journal where that has grown since."""
        self._cache.refresh()
        sizes = self._shelf.sizes()
        known = {name: self._cache.get(name) for name in sizes}
        stale = [name for name, summary in known.items() if self._size(name, summary) != sizes[name]]
        fresh = {name: self._read(name, sizes[name]) for name in stale}
        if found := [summary for summary in fresh.values() if summary]:
            self._cache.put(found)
        self.damaged = {name: error for name, error in self.damaged.items() if name in fresh and not fresh[name]}
        return [summary for summary in (known | fresh).values() if summary]

    def _size(self, incident: str, summary: Summary | None) -> int | None:
        """Return how long the journal was when it was last read."""
        return summary.size if summary else self._unopened.get(incident)

    def _read(self, incident: str, size: int) -> Summary | None:
        try:
            with self._shelf.look(incident) as journal:
                folded = fold(journal.read())
        except StoreError as error:
            self.damaged[incident] = error
            return None
        if folded is None:
            self._unopened[incident] = size
        return summarise(folded, size) if folded else None

    def search(self, words: Sequence[str]) -> list[Summary]:
        """Return the incidents in which every word occurs: client, cause, title, the mail's text; newest first."""
        wanted = [word.casefold() for word in words]

        def matches(summary: Summary) -> bool:
            text = f"{summary.incident} {summary.client} {summary.cause} {summary.title} {summary.words}".casefold()
            return all(word in text for word in wanted)

        return [summary for summary in reversed(self.summaries()) if matches(summary)]

    def forget(self, incidents: Sequence[str]) -> None:
        """Take incidents that were erased out of the cache, bytes and all.

        Raises:
            Unwritable: the cache is as it was.
        """
        self._cache.drop(incidents)

    def close(self) -> None:
        """Close the cache's file."""
        self._cache.close()
