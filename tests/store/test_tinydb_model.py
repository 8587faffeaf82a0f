"""Whatever is done in whatever order, our tables and TinyDB's own agree."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import JSONStorage, Query, TinyDB
from tinydb.operations import delete, increment
from tinydb.operations import set as set_field
from tinydb.table import Document

from store.tinydb_storage import open_database

SMALL = st.integers(0, 4)
VALUES = st.one_of(SMALL, st.text(max_size=3), st.lists(SMALL, max_size=2), st.none())
DOCUMENTS = st.fixed_dictionaries({"n": SMALL}, optional={"v": VALUES})
Operation = Callable[[TinyDB], Any]

OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    DOCUMENTS.map(lambda document: lambda db: db.insert(document)),
    st.lists(DOCUMENTS, max_size=3).map(lambda documents: lambda db: db.insert_multiple(documents)),
    st.builds(lambda doc, key: lambda db: db.upsert(Document(doc, doc_id=key + 1)), DOCUMENTS, SMALL),
    st.builds(lambda doc, n: lambda db: db.upsert(doc, Query().n == n), DOCUMENTS, SMALL),
    st.builds(lambda doc, n: lambda db: db.update(doc, Query().n >= n), DOCUMENTS, SMALL),
    SMALL.map(lambda n: lambda db: db.update(increment("n"), Query().n == n)),
    SMALL.map(lambda n: lambda db: db.update(delete("v"), Query().v.exists() & (Query().n == n))),
    st.builds(lambda value, key: lambda db: db.update(set_field("v", value), doc_ids=[key]), VALUES, SMALL),
    SMALL.map(lambda n: lambda db: db.remove(Query().n == n)),
    SMALL.map(lambda key: lambda db: db.remove(doc_ids=[key])),
    SMALL.map(lambda n: lambda db: [dict(found) for found in db.search(Query().n < n)]),
    SMALL.map(lambda n: lambda db: db.table("other").insert({"n": n})),
    st.just(lambda db: db.truncate()),
    st.just(lambda db: db.drop_table("other")),
    st.just(lambda db: db.drop_tables()),
)


@settings(deadline=None, max_examples=80)
@given(sessions=st.lists(st.lists(OPERATIONS, max_size=8), min_size=1, max_size=3))
def test_every_sequence_of_operations_gives_the_same_results(sessions: list[list[Operation]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        for operations in sessions:
            theirs = TinyDB(Path(directory) / "json", storage=JSONStorage)
            ours = open_database(Path(directory) / "journal")
            for operation in operations:
                assert operation(ours) == operation(theirs)
                assert (ours.storage.read() or {}) == (theirs.storage.read() or {})
            theirs.close()
            ours.close()
