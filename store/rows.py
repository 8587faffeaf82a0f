"""A table's rows in memory, and what an update may do to them before it is on disk."""

import json
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

Rows = dict[int, dict[str, Any]]


def own(value: Any) -> Any:
    """Return a value as JSON gives it back, sharing nothing with it: a tuple as a list, a key as a string."""
    kind = type(value)
    if kind is str or value is None or kind is bool or kind is int or kind is float:
        return value
    if kind is dict and all(type(key) is str for key in value):
        return {key: own(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [own(item) for item in value]
    return json.loads(json.dumps(dict(value) if isinstance(value, Mapping) else value))


class TouchedRows(MutableMapping[int, Mapping[str, Any]]):
    """A table handed to an updater: copies a row when it is looked at, and remembers what it was told."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._mine: dict[int, Mapping[str, Any]] = {}
        self._gone: set[int] = set()

    def __getitem__(self, key: int) -> Mapping[str, Any]:
        if key in self._mine:
            return self._mine[key]
        if key in self._gone:
            raise KeyError(key)
        return self._mine.setdefault(key, own(self._rows[key]))

    def __setitem__(self, key: int, row: Mapping[str, Any]) -> None:
        self._mine[key] = row

    def __delitem__(self, key: int) -> None:
        if key not in self:
            raise KeyError(key)
        self._mine.pop(key, None)
        if key in self._rows:
            self._gone.add(key)

    def __contains__(self, key: object) -> bool:
        return key in self._mine or (key in self._rows and key not in self._gone)

    def __iter__(self) -> Iterator[int]:
        yield from (key for key in self._rows if key in self)
        yield from (key for key in self._mine if key not in self._rows)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Forget all rows at once."""
        self._mine.clear()
        self._gone.update(self._rows)

    def changed(self) -> Rows:
        """Return the rows that are no longer what they were."""
        settled = {key: own(row) for key, row in self._mine.items()}
        return {key: row for key, row in settled.items() if self._rows.get(key) != row}

    def removed(self) -> list[int]:
        """Return the keys that are gone."""
        return [key for key in self._gone if key not in self._mine]
