"""What a patch is about, how objects differ, and the patch between them."""

from typing import Any

import pytest

from skills.devops.fields import covered, difference, unified

Json = dict[str, Any]


def _template(*containers: Json, **spec: Any) -> Json:
    return {"spec": {"containers": list(containers), **spec}}


@pytest.mark.parametrize(
    ("live", "patch", "expected"),
    [
        ({"data": {"key": "old", "other": "x"}}, {"data": {"key": "new"}}, {"data": {"key": "old"}}),
        ({"data": None}, {"data": {"key": "new"}}, {"data": None}),
        ({}, {"spec": {"replicas": 3}}, {"spec": None}),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
            {"env": [{"name": "B", "value": "3"}]},
            {"env": [{"name": "B", "value": "2"}]},
        ),
        ({"env": [{"name": "A", "value": "1"}]}, {"env": [{"name": "C", "value": "3"}]}, {"env": [None]}),
        ({"command": ["a"]}, {"command": ["b", "c"]}, {"command": ["a"]}),
    ],
)
def test_the_fields_of_a_patch_are_read_from_the_live_object(live: Json, patch: Json, expected: Json) -> None:
    assert covered(live, patch) == expected


@pytest.mark.parametrize(
    ("live", "wanted", "patch"),
    [
        (_template({"name": "app", "image": "shop:2"}), _template({"name": "app", "image": "shop:2"}), {}),
        (
            _template({"name": "app", "image": "shop:2", "ports": [{"containerPort": 80}]}, {"name": "proxy"}),
            _template({"name": "app", "image": "shop:1", "ports": [{"containerPort": 80}]}, {"name": "proxy"}),
            {"spec": {"containers": [{"name": "app", "image": "shop:1"}]}},
        ),
        (
            _template({"name": "app", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}),
            _template({"name": "app", "env": [{"name": "A", "value": "1"}]}),
            {"spec": {"containers": [{"name": "app", "env": [{"$patch": "delete", "name": "B"}]}]}},
        ),
        (
            _template({"name": "app", "args": ["--old"]}, nodeSelector={"a": "b"}),
            _template({"name": "app", "args": ["--new"]}),
            {"spec": {"containers": [{"name": "app", "args": ["--new"]}], "nodeSelector": None}},
        ),
    ],
)
def test_a_patch_between_two_templates_holds_only_what_differs(live: Json, wanted: Json, patch: Json) -> None:
    assert difference(live, wanted) == patch


def test_a_diff_shows_a_secret_as_dots_and_its_fingerprints_beginning() -> None:
    before = {"data": {"key": {"hmac": "aaaa" * 16}, "other": {"hmac": "cccc" * 16}}}
    after = {"data": {"key": {"hmac": "bbbb" * 16}, "other": {"hmac": "cccc" * 16}}}
    lines = unified(before, after)
    assert "-  key: ••••••‹aaaa›" in lines
    assert "+  key: ••••••‹bbbb›" in lines
    assert not any("hmac" in line for line in lines)
