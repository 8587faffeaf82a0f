"""TinyDB behaves on our journal as on its own JSON storage."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tinydb import JSONStorage, Query, TinyDB
from tinydb.middlewares import CachingMiddleware
from tinydb.operations import add, decrement, delete, increment, subtract
from tinydb.operations import set as set_field
from tinydb.table import Document

from store.tinydb_storage import JournalStorage, open_database

Make = Callable[[], TinyDB]


@pytest.fixture(params=["json", "journal", "json+cache", "journal+cache"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    opened: list[TinyDB] = []

    def open_one() -> TinyDB:
        path = tmp_path / "db"
        kinds: dict[str, Make] = {
            "json": lambda: TinyDB(path),
            "journal": lambda: open_database(path),
            "json+cache": lambda: TinyDB(path, storage=CachingMiddleware(JSONStorage)),
            "journal+cache": lambda: TinyDB(path, storage=CachingMiddleware(JournalStorage)),
        }
        opened.append(kinds[request.param]())
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


def rows(database: TinyDB, table: str = "_default") -> dict[int, dict[str, object]]:
    return {document.doc_id: dict(document) for document in database.table(table).all()}


def test_insert_gives_ids_that_count_up(make: Make) -> None:
    database = make()
    assert [database.insert({"n": n}) for n in range(3)] == [1, 2, 3]
    assert rows(database) == {1: {"n": 0}, 2: {"n": 1}, 3: {"n": 2}}


def test_an_id_may_be_given_and_is_taken_once(make: Make) -> None:
    database = make()
    assert database.insert(Document({"n": 1}, doc_id=7)) == 7
    assert database.insert({"n": 2}) == 8
    with pytest.raises(ValueError, match="already exists"):
        database.insert(Document({"n": 3}, doc_id=7))


def test_insert_multiple_and_contains(make: Make) -> None:
    database = make()
    assert database.insert_multiple({"n": n} for n in range(4)) == [1, 2, 3, 4]
    assert database.contains(Query().n == 3)
    assert database.contains(doc_id=4)
    assert not database.contains(doc_id=5)
    assert database.count(Query().n > 1) == 2
    assert len(database) == 4


def test_update_with_fields_with_operations_and_by_ids(make: Make) -> None:
    database = make()
    database.insert_multiple([{"n": 1, "s": "a"}, {"n": 2, "s": "b"}, {"n": 3, "s": "c"}])
    where = Query()
    assert database.update({"x": True}, where.n >= 2) == [2, 3]
    assert database.update(increment("n"), where.s == "a") == [1]
    database.update(add("n", 10), doc_ids=[2])
    database.update(subtract("n", 1), doc_ids=[3])
    database.update(decrement("n"), where.s == "c")
    database.update(delete("x"), where.s == "b")
    database.update(set_field("s", "z"), where.s == "c")
    assert rows(database) == {1: {"n": 2, "s": "a"}, 2: {"n": 12, "s": "b"}, 3: {"n": 1, "s": "z", "x": True}}


def test_update_multiple_and_upsert(make: Make) -> None:
    database = make()
    database.insert_multiple([{"k": "a"}, {"k": "b"}])
    where = Query()
    assert database.update_multiple([({"v": 1}, where.k == "a"), ({"v": 2}, where.k == "b")]) == [1, 2]
    assert database.upsert({"k": "a", "v": 9}, where.k == "a") == [1]
    assert database.upsert({"k": "c", "v": 3}, where.k == "c") == [3]
    assert rows(database) == {1: {"k": "a", "v": 9}, 2: {"k": "b", "v": 2}, 3: {"k": "c", "v": 3}}


def test_remove_by_query_and_by_id(make: Make) -> None:
    database = make()
    database.insert_multiple({"n": n} for n in range(5))
    assert database.remove(Query().n < 2) == [1, 2]
    assert database.remove(doc_ids=[4]) == [4]
    assert rows(database) == {3: {"n": 2}, 5: {"n": 4}}
    assert database.insert({"n": 9}) == 6


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query().n == 1, [1]),
        (Query().n != 1, [2, 3]),
        ((Query().n > 1) & (Query().s == "bb"), [2]),
        ((Query().n == 1) | (Query().n == 3), [1, 3]),
        (~(Query().n == 1), [2, 3]),
        (Query().s.matches("b+"), [2]),
        (Query().s.search("c"), [3]),
        (Query().tags.any(["x"]), [1, 2]),
        (Query().tags.all(["x", "y"]), [1]),
        (Query().deep.value == 2, [3]),
        (Query().deep.exists(), [3]),
        (Query().n.one_of([2, 3]), [2, 3]),
        (Query().n.test(lambda value: value % 2 == 1), [1, 3]),
        (Query().fragment({"n": 1}), [1]),
    ],
)
def test_every_kind_of_query(make: Make, query: Query, found: list[int]) -> None:
    database = make()
    database.insert_multiple(
        [
            {"n": 1, "s": "a", "tags": ["x", "y"]},
            {"n": 2, "s": "bb", "tags": ["x"]},
            {"n": 3, "s": "abc", "deep": {"value": 2}},
        ]
    )
    assert [document.doc_id for document in database.search(query)] == found


def test_tables_truncate_and_drop(make: Make) -> None:
    database = make()
    database.table("a").insert({"n": 1})
    database.table("b").insert({"n": 2})
    assert database.tables() == {"a", "b"}
    database.table("a").truncate()
    assert rows(database, "a") == {}
    assert database.table("a").insert({"n": 5}) == 1
    database.drop_table("b")
    assert database.tables() == {"a"}
    database.drop_tables()
    assert database.tables() == set()


def test_what_was_written_is_there_after_opening_again(make: Make) -> None:
    database = make()
    database.insert_multiple([{"n": 1}, {"n": 2}, {"n": 3}])
    database.remove(doc_ids=[2])
    database.update({"m": "é✔"}, doc_ids=[3])
    database.close()
    assert rows(make()) == {1: {"n": 1}, 3: {"n": 3, "m": "é✔"}}


def test_what_a_reader_changes_in_its_hands_stays_in_its_hands(make: Make) -> None:
    database = make()
    database.insert({"n": 1})
    document = database.get(doc_id=1)
    assert isinstance(document, Document)
    document["n"] = 2
    assert rows(database) == {1: {"n": 1}}


def test_two_databases_on_one_file_see_each_other_and_never_take_the_same_id(tmp_path: Path) -> None:
    first, second = open_database(tmp_path / "db"), open_database(tmp_path / "db")
    assert [first.insert({"n": 1}), second.insert({"n": 2}), first.insert({"n": 3})] == [1, 2, 3]
    second.update({"n": 9}, doc_ids=[1])
    assert rows(first) == rows(second) == {1: {"n": 9}, 2: {"n": 2}, 3: {"n": 3}}
    first.close()
    second.close()
