"""The whole world at work: what is broken in each scenario, and that only the right change mends it."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.drill import scenario
from console.drill.process import WorldHandle, start_world

Json = dict[str, Any]
NAMESPACE = "client-existant"
DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/payment-service"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


@contextmanager
def _world(tmp_path: Path, name: str) -> Iterator[WorldHandle]:
    world = start_world(tmp_path / "store", name)
    try:
        yield world
    finally:
        world.stop()


@contextmanager
def _kubernetes(world: WorldHandle) -> Iterator[httpx.Client]:
    config = json.loads(world.handshake.kubeconfig.read_text(encoding="utf-8"))
    token, server = config["users"][0]["user"]["token"], config["clusters"][0]["cluster"]["server"]
    with httpx.Client(base_url=server, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def _eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def _smoke(world: WorldHandle) -> int:
    return httpx.post(f"http://127.0.0.1:{world.handshake.shop}/test-payment").status_code


def _patch(api: httpx.Client, path: str, patch: Json) -> None:
    headers = {"Content-Type": "application/merge-patch+json"}
    api.patch(path, content=json.dumps(patch), headers=headers).raise_for_status()


def _put_key(api: httpx.Client, key: str) -> None:
    data = {"key": base64.b64encode(key.encode()).decode()}
    _patch(api, f"/api/v1/namespaces/{NAMESPACE}/secrets/stripe-api", {"data": data})


def _restart(api: httpx.Client, at: str = "2025-01-09T11:45:00+01:00") -> None:
    annotations = {"kubectl.kubernetes.io/restartedAt": at}
    _patch(api, DEPLOYMENT, {"spec": {"template": {"metadata": {"annotations": annotations}}}})


def _payment_pods(api: httpx.Client) -> list[Json]:
    found: list[Json] = api.get(PODS, params={"labelSelector": "app=payment-service"}).json()["items"]
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def _rolled(api: httpx.Client) -> bool:
    deployment = api.get(DEPLOYMENT).json()
    status, wanted = deployment["status"], deployment["spec"]["replicas"]
    seen = status.get("observedGeneration") == deployment["metadata"]["generation"]
    counts = [status.get(name, 0) for name in ("updatedReplicas", "readyReplicas", "replicas")]
    return seen and counts == [wanted] * 3


def test_the_new_key_alone_mends_nothing_and_with_a_restart_it_mends_all(tmp_path: Path) -> None:
    with _world(tmp_path, scenario.DEFAULT) as world, _kubernetes(world) as api:
        assert _smoke(world) == 500
        _put_key(api, world.operator_key())
        assert _smoke(world) == 500
        _restart(api)
        _eventually(lambda: _rolled(api))
        assert _smoke(world) == 200


def test_a_restart_with_the_old_key_mends_nothing(tmp_path: Path) -> None:
    with _world(tmp_path, scenario.DEFAULT) as world, _kubernetes(world) as api:
        _restart(api)
        _eventually(lambda: _rolled(api))
        assert _smoke(world) == 500


def test_the_pods_logs_tell_the_outage_and_go_on_living(tmp_path: Path) -> None:
    with _world(tmp_path, scenario.DEFAULT) as world, _kubernetes(world) as api:
        names = [pod["metadata"]["name"] for pod in _payment_pods(api)]
        assert len(names) == 3

        def lines() -> list[str]:
            return [line for name in names for line in api.get(f"{PODS}/{name}/log").text.splitlines()]

        past = lines()
        assert sum("Expired API Key provided: sk_live_***" in line for line in past) > 300
        _smoke(world)
        _eventually(lambda: len(lines()) > len(past))


def test_the_cluster_is_as_old_as_it_says_and_its_clock_is_the_worlds(tmp_path: Path) -> None:
    with _world(tmp_path, scenario.DEFAULT) as world, _kubernetes(world) as api:
        answer = api.get(f"/api/v1/namespaces/{NAMESPACE}/secrets/stripe-api")
        assert answer.json()["metadata"]["creationTimestamp"] == "2024-12-19T10:30:00Z"
        assert answer.headers["Date"].startswith("Thu, 09 Jan 2025 10:3")


def test_every_request_to_the_api_stands_in_the_log_with_the_worlds_time(tmp_path: Path) -> None:
    with _world(tmp_path, scenario.DEFAULT) as world, _kubernetes(world) as api:
        _restart(api)
        (entry,) = [each for each in world.requests("kubernetes") if each["method"] == "PATCH"]
        assert (entry["path"], entry["status"]) == (DEPLOYMENT, 200)
        assert datetime.fromisoformat(entry["at"]).isoformat() > "2025-01-09T11:30:00+01:00"
        assert world.requests("kubernetes", after=entry["seq"]) == []


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("plantage-apres-deploiement", 503, "CrashLoopBackOff"),
        ("plantage-sans-deploiement", 503, "CrashLoopBackOff"),
        ("variable-manquante", 503, "CrashLoopBackOff"),
        ("memoire-epuisee", 503, "CrashLoopBackOff"),
        ("image-introuvable", 503, "ImagePullBackOff"),
        ("configuration-absente", 503, "CreateContainerConfigError"),
    ],
)
def test_a_broken_workload_shows_its_reason_and_the_shop_is_unavailable(
    tmp_path: Path, name: str, status: int, reason: str
) -> None:
    with _world(tmp_path, name) as world, _kubernetes(world) as api:
        assert _smoke(world) == status

        def reasons() -> set[str]:
            states = [pod["status"]["containerStatuses"][0]["state"] for pod in _payment_pods(api)]
            return {state.get("waiting", {}).get("reason", "") for state in states}

        _eventually(lambda: reasons() == {reason})


def test_out_of_memory_is_told_by_the_last_state(tmp_path: Path) -> None:
    with _world(tmp_path, "memoire-epuisee") as world, _kubernetes(world) as api:
        ended = _payment_pods(api)[0]["status"]["containerStatuses"][0]["lastState"]["terminated"]
        assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)


def test_pods_that_are_never_ready_leave_the_service_without_endpoints(tmp_path: Path) -> None:
    with _world(tmp_path, "sonde-en-echec") as world, _kubernetes(world) as api:
        endpoints = api.get(f"/api/v1/namespaces/{NAMESPACE}/endpoints/payment-service").json()
        assert not [each for subset in endpoints["subsets"] for each in subset.get("addresses", [])]
        assert {pod["status"]["phase"] for pod in _payment_pods(api)} == {"Running"}
        assert _smoke(world) == 503


def test_pods_that_fit_no_node_stay_pending(tmp_path: Path) -> None:
    with _world(tmp_path, "impossible-a-placer") as world, _kubernetes(world) as api:
        assert {pod["status"]["phase"] for pod in _payment_pods(api)} == {"Pending"}
        events = api.get(f"/api/v1/namespaces/{NAMESPACE}/events").json()["items"]
        assert "FailedScheduling" in {event["reason"] for event in events}
        assert _smoke(world) == 503


def test_nothing_runs_at_zero_replicas_until_somebody_scales_up(tmp_path: Path) -> None:
    with _world(tmp_path, "replicas-a-zero") as world, _kubernetes(world) as api:
        assert _payment_pods(api) == []
        assert _smoke(world) == 503
        _patch(api, DEPLOYMENT, {"spec": {"replicas": 3}})
        _eventually(lambda: _rolled(api))
        assert _smoke(world) == 200


def test_a_bad_deploy_is_mended_by_its_previous_image(tmp_path: Path) -> None:
    with _world(tmp_path, "plantage-apres-deploiement") as world, _kubernetes(world) as api:
        container = api.get(DEPLOYMENT).json()["spec"]["template"]["spec"]["containers"][0]
        container["image"] = container["image"].replace("2.15.0", "2.14.3")
        _patch(api, DEPLOYMENT, {"spec": {"template": {"spec": {"containers": [container]}}}})
        _eventually(lambda: _rolled(api))
        assert _smoke(world) == 200


def test_a_crash_without_a_deploy_has_no_revision_to_go_back_to(tmp_path: Path) -> None:
    with _world(tmp_path, "plantage-sans-deploiement") as world, _kubernetes(world) as api:
        sets = api.get(f"/apis/apps/v1/namespaces/{NAMESPACE}/replicasets").json()["items"]
        assert len([each for each in sets if each["metadata"]["labels"]["app"] == "payment-service"]) == 1
        settings = f"/api/v1/namespaces/{NAMESPACE}/configmaps/shop-settings"
        _patch(api, settings, {"data": {"CURRENCY": "EUR"}})
        _restart(api)
        _eventually(lambda: _rolled(api))
        assert _smoke(world) == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("cle-invalide", 500),
        ("cle-de-test", 500),
        ("cle-restreinte", 500),
        ("stripe-en-panne", 500),
        ("compte-restreint", 500),
        ("cle-expiree-et-deploiement", 500),
        ("droit-manquant", 500),
        ("signature-webhook", 200),
        ("tout-va-bien", 200),
        ("cartes-refusees", 200),
        ("page-d-erreur", 200),
    ],
)
def test_the_test_payment_tells_whether_payments_are_broken(tmp_path: Path, name: str, status: int) -> None:
    with _world(tmp_path, name) as world:
        assert _smoke(world) == status


def test_a_missing_permission_is_a_real_403(tmp_path: Path) -> None:
    with _world(tmp_path, "droit-manquant") as world, _kubernetes(world) as api:
        headers = {"Content-Type": "application/merge-patch+json"}
        secret = f"/api/v1/namespaces/{NAMESPACE}/secrets/stripe-api"
        assert api.get(secret).status_code == 200
        assert api.patch(secret, content="{}", headers=headers).status_code == 403
        assert api.get(f"/api/v1/namespaces/{NAMESPACE}/events").status_code == 403


def test_webhooks_stay_undelivered_where_the_pods_know_another_secret(tmp_path: Path) -> None:
    with _world(tmp_path, "signature-webhook") as world:
        _smoke(world)
        _eventually(lambda: any(each["method"] == "WEBHOOK" for each in world.requests("stripe")))
        delivered = [each["status"] for each in world.requests("stripe") if each["method"] == "WEBHOOK"]
        assert set(delivered) == {400}


def test_the_api_server_can_be_made_to_fail(tmp_path: Path) -> None:
    with _world(tmp_path, scenario.DEFAULT) as world, _kubernetes(world) as api:
        world.switch(kubernetes={"answer": 429, "times": 1, "path": "/deployments"})
        assert [api.get(DEPLOYMENT).status_code for _ in range(2)] == [429, 200]


def test_the_customers_can_be_sent_home(tmp_path: Path) -> None:
    with _world(tmp_path, scenario.DEFAULT) as world:
        assert world.switch(shop={"running": False})["shop"] == {"running": False}
