"""TinyDB behaves on our journal as on its own JSON storage."""

from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any, cast

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
            "json+cache": lambda: TinyDB(path, storage=CachingMiddleware(JSONStorage)),  # type: ignore[no-untyped-call]
            "journal+cache": lambda: TinyDB(path, storage=CachingMiddleware(JournalStorage)),  # type: ignore[no-untyped-call]
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


def test_what_an_operation_does_deep_in_a_document_is_kept(make: Make) -> None:
    def add_tag(document: MutableMapping[str, Any]) -> None:
        document["deep"]["tags"].append("b")

    database = make()
    database.insert_multiple([{"deep": {"tags": ["a"]}}, {"deep": {"tags": []}}])
    assert database.update(add_tag, doc_ids=[1, 9]) == [1]
    database.close()
    assert rows(make()) == {1: {"deep": {"tags": ["a", "b"]}}, 2: {"deep": {"tags": []}}}


def test_what_a_reader_or_a_writer_changes_deep_in_its_own_hands_stays_there(make: Make) -> None:
    database = make()
    mine = {"deep": {"tags": ["a"]}}
    database.insert(mine)
    if not isinstance(database.storage, CachingMiddleware):  # it hands out what it holds, on any storage
        mine["deep"]["tags"].append("x")
        database.all()[0]["deep"]["tags"].append("y")
    assert rows(database) == {1: {"deep": {"tags": ["a"]}}}


def test_documents_come_back_as_json_gives_them(make: Make) -> None:
    database = make()
    database.insert({"pair": (1, 2), "by number": {1: "one"}, "text": "é✔\ud800", "none": None, "n": 1.5})
    database.close()
    given = {"pair": [1, 2], "by number": {"1": "one"}, "text": "é✔\ud800", "none": None, "n": 1.5}
    assert rows(make()) == {1: given}


def test_ids_follow_the_same_rule_after_removal_and_after_opening_again(make: Make) -> None:
    database = make()
    database.insert_multiple([{"n": 1}, {"n": 2}, {"n": 3}])
    database.remove(doc_ids=[3])
    assert database.insert({"n": 4}) == 4
    database.remove(doc_ids=[4])
    database.close()
    again = make()
    assert again.insert({"n": 5}) == 3
    assert again.insert(Document({"n": 6}, doc_id=2000)) == 2000
    assert again.insert({"n": 7}) == 2001


def test_what_is_no_document_is_refused_and_nothing_is_written(make: Make) -> None:
    database = make()
    database.insert({"n": 1})
    with pytest.raises(ValueError, match="not a Mapping"):
        database.insert(cast("dict[str, Any]", [1]))
    with pytest.raises(ValueError, match="not a Mapping"):
        database.insert_multiple([{"n": 2}, cast("dict[str, Any]", "x")])
    assert rows(database) == {1: {"n": 1}}


def test_get_iterate_clear_and_upsert_by_id(make: Make) -> None:
    database = make()
    assert database.insert_multiple([]) == []
    assert database.upsert(Document({"n": 1}, doc_id=4)) == [4]
    assert database.upsert(Document({"m": 2}, doc_id=4)) == [4]
    database.insert({"n": 9})
    assert database.get(Query().n == 9) == {"n": 9}
    assert database.get(doc_id=5) == {"n": 9}
    assert database.get(doc_ids=[4, 77]) == [{"n": 1, "m": 2}]
    assert database.get(Query().n == 77) is None
    assert [dict(document) for document in database] == [{"n": 1, "m": 2}, {"n": 9}]
    assert database.update({"all": True}) == [4, 5]
    assert database.remove(doc_ids=[77]) == []
    database.truncate()
    assert len(database) == 0


def test_a_rewritten_journal_holds_the_same_tables_in_fewer_bytes(tmp_path: Path) -> None:
    database, reader = open_database(tmp_path / "db"), open_database(tmp_path / "db")
    database.table("empty").insert_multiple([])
    database.insert({"n": 0})
    for n in range(50):
        database.update({"n": n}, doc_ids=[1])
        assert rows(reader) == {1: {"n": n}}
    size = (tmp_path / "db").stat().st_size
    database.journaled.compact()
    assert (tmp_path / "db").stat().st_size < size / 10
    assert not list(tmp_path.glob("*.tmp"))
    assert reader.insert({"n": 1}) == 2
    assert rows(database) == rows(reader) == {1: {"n": 49}, 2: {"n": 1}}
    assert database.tables() == reader.tables() == {"_default", "empty"}
    database.close()
    reader.close()


def test_a_change_costs_its_rows_and_not_the_table(tmp_path: Path) -> None:
    database = open_database(tmp_path / "db")
    database.insert_multiple({"n": n, "text": "x" * 100} for n in range(500))
    size = (tmp_path / "db").stat().st_size
    database.update({"done": True}, Query().n == 7)
    database.update({"done": True}, Query().n == 7)
    assert (tmp_path / "db").stat().st_size - size < 250
    database.close()


def test_two_databases_on_one_file_see_each_other_and_never_take_the_same_id(tmp_path: Path) -> None:
    first, second = open_database(tmp_path / "db"), open_database(tmp_path / "db")
    assert [first.insert({"n": 1}), second.insert({"n": 2}), first.insert({"n": 3})] == [1, 2, 3]
    second.update({"n": 9}, doc_ids=[1])
    assert rows(first) == rows(second) == {1: {"n": 9}, 2: {"n": 2}, 3: {"n": 3}}
    first.close()
    second.close()
