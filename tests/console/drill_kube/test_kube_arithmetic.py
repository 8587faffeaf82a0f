"""The pure parts: rolling updates, patches, selectors, quantities."""

from decimal import Decimal
from typing import Any

import pytest

from console.drill.kube import rolling
from console.drill.kube.patches import merge_patch, strategic_patch
from console.drill.kube.quantities import quantity
from console.drill.kube.selectors import matches_fields, matches_labels
from console.drill.kube.status import Refusal

Json = dict[str, Any]


def spec(replicas: int, surge: str | int = "25%", unavailable: str | int = "25%") -> Json:
    return {
        "replicas": replicas,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}},
    }


def replica_set(name: str, asked: int, available: int) -> Json:
    return {"metadata": {"name": name}, "spec": {"replicas": asked}, "status": {"availableReplicas": available}}


@pytest.mark.parametrize(
    ("wanted", "room"),
    [
        (spec(4), (1, 1)),
        (spec(3), (1, 0)),
        (spec(1), (1, 0)),
        (spec(10, "30%", "30%"), (3, 3)),
        (spec(3, 0, 1), (0, 1)),
        (spec(3, 0, "10%"), (0, 1)),
    ],
)
def test_shares_of_pods_are_rounded_so_that_a_rollout_moves_and_serves(wanted: Json, room: tuple[int, int]) -> None:
    found = rolling.room(wanted)
    assert (found.surge, found.unavailable) == room


def test_new_pods_come_only_as_far_as_the_surge_allows() -> None:
    old, new = replica_set("old", 3, 3), replica_set("new", 0, 0)
    assert rolling.scale_up(spec(3), new, [old, new]) == 1
    assert rolling.scale_up(spec(3, "100%"), new, [old, new]) == 3


def test_old_pods_stay_until_new_ones_are_available() -> None:
    old = replica_set("old", 3, 3)
    assert rolling.scale_down(spec(3), replica_set("new", 1, 0), [old]) == {"old": 3}
    assert rolling.scale_down(spec(3), replica_set("new", 1, 1), [old]) == {"old": 2}


def test_old_pods_that_serve_nobody_go_first() -> None:
    broken, serving = replica_set("broken", 1, 0), replica_set("serving", 3, 3)
    sizes = rolling.scale_down(spec(3), replica_set("new", 0, 0), [serving, broken])
    assert sizes == {"serving": 3, "broken": 0}


@pytest.mark.parametrize(
    ("labels", "selector", "matches"),
    [
        ({"app": "shop"}, "", True),
        ({"app": "shop"}, "app=shop", True),
        ({"app": "shop"}, "app==shop,tier!=back", True),
        ({"app": "shop"}, "app!=shop", False),
        ({"app": "shop"}, "app in (shop, blog)", True),
        ({"app": "shop"}, "app notin (shop)", False),
        ({"app": "shop"}, "app,!tier", True),
        ({"app": "shop"}, "tier", False),
    ],
)
def test_labels_match_a_selector(labels: dict[str, str], selector: str, *, matches: bool) -> None:
    assert matches_labels(labels, selector) is matches


def test_a_field_selector_without_a_value_is_refused() -> None:
    assert matches_fields({"status": {"phase": "Running"}}, "status.phase!=Pending")
    with pytest.raises(Refusal, match="invalid field selector"):
        matches_fields({}, "status.phase")


@pytest.mark.parametrize(
    ("live", "patch", "patched"),
    [
        ({"a": 1, "b": 2}, {"b": None, "c": 3}, {"a": 1, "c": 3}),
        ({"a": {"x": 1}}, {"a": {"$patch": "replace", "y": 2}}, {"a": {"y": 2}}),
        ({"a": {"x": 1}}, {"a": {"$patch": "delete"}}, {}),
        ({"args": ["x", "y"]}, {"args": ["z"]}, {"args": ["z"]}),
        ({"finalizers": ["x"]}, {"finalizers": ["y", "x"]}, {"finalizers": ["x", "y"]}),
        ({"finalizers": ["x", "y"]}, {"$deleteFromPrimitiveList/finalizers": ["x"]}, {"finalizers": ["y"]}),
        (
            {"env": [{"name": "A", "value": "1"}, {"name": "B"}]},
            {"env": [{"name": "B", "$patch": "delete"}, {"name": "A", "value": "2"}]},
            {"env": [{"name": "A", "value": "2"}]},
        ),
        (
            {"env": [{"name": "A"}]},
            {"env": [{"$patch": "replace"}, {"name": "B"}]},
            {"env": [{"name": "B"}]},
        ),
        ({"type": "x", "rolling": {"a": 1}}, {"$retainKeys": ["type"], "type": "y"}, {"type": "y"}),
    ],
)
def test_a_strategic_patch_follows_its_directives(live: Json, patch: Json, patched: Json) -> None:
    assert strategic_patch(live, patch) == patched


def test_an_item_without_its_merge_key_is_refused() -> None:
    with pytest.raises(Refusal, match="merge key: name"):
        strategic_patch({"containers": [{"name": "app"}]}, {"containers": [{"image": "x"}]})


def test_a_service_merges_its_ports_by_port() -> None:
    live = {"ports": [{"port": 80, "targetPort": 8080}]}
    assert strategic_patch(live, {"ports": [{"port": 80, "targetPort": 9090}]}, "Service") == {
        "ports": [{"port": 80, "targetPort": 9090}]
    }


def test_a_merge_patch_leaves_its_arguments_alone() -> None:
    live: Json = {"a": {"b": 1}}
    merged = merge_patch(live, {"a": {"c": 2}})
    assert (live, merged) == ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}})


@pytest.mark.parametrize(
    ("text", "value"),
    [("250m", "0.25"), ("2", "2"), ("1.5Gi", "1610612736"), ("1k", "1000"), ("64Mi", "67108864"), (None, "0")],
)
def test_quantities_are_read(text: str | None, value: str) -> None:
    assert quantity(text) == Decimal(value)
