"""Pods on the loopback cluster do what their spec leads to; driven by ticks, at a clock that the test sets."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.drill.kube import Behaviour, KubeWorld, Timing
from console.drill.kube.conditions import condition
from console.drill.kube.kinds import kind_named

Json = dict[str, Any]
SPACE = "shop"
DEPLOYMENT, POD, SECRET, EVENT, SET = (
    kind_named(each) for each in ("Deployment", "Pod", "Secret", "Event", "ReplicaSet")
)


@dataclass
class Clock:
    at: datetime = field(default_factory=lambda: datetime(2025, 1, 9, 10, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> KubeWorld:
    timing = Timing(start=0, ready=0, crash=0, probe=0.01, retry=0.01, backoff=0.01, stop=0)
    made = KubeWorld(clock, timing)
    room = {"cpu": "2", "memory": "4Gi", "pods": "20"}
    made.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node"}, "status": {"allocatable": room}})
    return made


def secret(value: str) -> Json:
    metadata = {"name": "stripe", "namespace": SPACE}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"key": value}}


def deployment(replicas: int = 2, image: str = "shop:1", **more: Any) -> Json:
    reference = {"secretKeyRef": {"name": "stripe", "key": "key"}}
    container = {"name": "app", "image": image, "env": [{"name": "KEY", "valueFrom": reference}], **more}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": SPACE},
        "spec": spec,
    }


def change(world: KubeWorld, **container: Any) -> None:
    """Change the Deployment's container."""
    live = world.objects.get(DEPLOYMENT, SPACE, "web")
    template = live["spec"]["template"]
    (old,) = template["spec"]["containers"]
    fresh = {**template, "spec": {**template["spec"], "containers": [{**old, **container}]}}
    world.objects.update(DEPLOYMENT, {**live, "spec": {**live["spec"], "template": fresh}})


def until(world: KubeWorld, found: Callable[[], Any]) -> Any:
    """Tick until there is something, and return it."""
    end = time.monotonic() + 10
    while not (value := found()):
        assert time.monotonic() < end, "it did not come about"
        world.tick()
        time.sleep(0.002)
    return value


def containers(world: KubeWorld) -> list[Json]:
    pods = world.objects.all(POD, SPACE)
    return [status for pod in pods for status in pod["status"].get("containerStatuses", [])]


def messages(world: KubeWorld, reason: str) -> set[str]:
    return {event["message"] for event in world.objects.all(EVENT, SPACE) if event["reason"] == reason}


def progressing(world: KubeWorld) -> Json:
    return condition(world.objects.get(DEPLOYMENT, SPACE, "web").get("status", {}), "Progressing")


def keys(world: KubeWorld) -> set[str]:
    return {world.running_env(SPACE, pod)["KEY"] for pod in world.ready_pods(SPACE, "web")}


def test_pods_keep_the_value_that_they_were_started_with_until_they_are_replaced(world: KubeWorld) -> None:
    world.create(secret("old"))
    world.create(deployment())
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 2)
    live = world.objects.get(SECRET, SPACE, "stripe")
    world.objects.update(SECRET, {**live, "stringData": {"key": "new"}})
    world.tick()
    assert keys(world) == {"old"}
    change(world, env=[*deployment()["spec"]["template"]["spec"]["containers"][0]["env"], {"name": "N", "value": "1"}])
    until(world, lambda: keys(world) == {"new"})


def test_a_rollout_never_leaves_fewer_ready_pods_than_promised(world: KubeWorld) -> None:
    world.create(secret("old"))
    world.create(deployment(replicas=4))
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 4)
    counts = []
    change(world, image="shop:2")

    def rolled() -> bool:
        counts.append((len(world.ready_pods(SPACE, "web")), len(world.all_pods(SPACE, "web"))))
        return progressing(world)["reason"] == "NewReplicaSetAvailable" and counts[-1] == (4, 4)

    until(world, lambda: rolled() and len(counts) > 1)
    assert min(ready for ready, _ in counts) >= 3
    assert max(total for _, total in counts) <= 5
    assert {pod["spec"]["containers"][0]["image"] for pod in world.objects.all(POD, SPACE)} == {"shop:2"}


def test_a_bad_image_stops_a_rollout_while_the_old_pods_serve(world: KubeWorld, clock: Clock) -> None:
    world.set_images({"shop:1"})
    world.create(secret("old"))
    world.create(deployment())
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 2)
    change(world, image="shop:none")
    until(world, lambda: any("ImagePullBackOff" in str(each["state"]) for each in containers(world)))
    assert 'Back-off pulling image "shop:none"' in messages(world, "BackOff")
    assert any(message.startswith('Failed to pull image "shop:none"') for message in messages(world, "Failed"))
    assert len(world.ready_pods(SPACE, "web")) == 2
    assert progressing(world)["reason"] == "ReplicaSetUpdated"
    clock.at += timedelta(seconds=601)
    until(world, lambda: progressing(world)["reason"] == "ProgressDeadlineExceeded")
    assert progressing(world)["status"] == "False"


def test_a_container_that_needs_more_than_its_limit_is_killed_and_backs_off(world: KubeWorld) -> None:
    world.set_behaviour(lambda _image, _env: Behaviour(memory="300Mi"))
    world.create(secret("old"))
    world.create(deployment(replicas=1, resources={"limits": {"memory": "256Mi"}}))
    status = until(world, lambda: next((each for each in containers(world) if each["restartCount"] > 1), None))
    killed = status["lastState"].get("terminated") or status["state"]["terminated"]
    assert (killed["reason"], killed["exitCode"]) == ("OOMKilled", 137)
    until(world, lambda: "CrashLoopBackOff" in str(containers(world)))
    (told,) = messages(world, "BackOff")
    assert told.startswith("Back-off restarting failed container app in pod web-")
    change(world, resources={"limits": {"memory": "512Mi"}})
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 1)


def test_a_container_says_why_it_crashes_and_recovers_with_its_variable(world: KubeWorld) -> None:
    def needs_host(_image: str, env: Any) -> Behaviour:
        return Behaviour() if "HOST" in env else Behaviour(lines=("missing HOST",), exit_code=1)

    world.set_behaviour(needs_host)
    world.create(secret("old"))
    world.create(deployment(replicas=1))
    until(world, lambda: "CrashLoopBackOff" in str(containers(world)))
    (pod,) = world.objects.all(POD, SPACE)
    assert [line for _, line in world.logs.current((SPACE, pod["metadata"]["name"], "app")).lines] == ["missing HOST"]
    change(world, env=[{"name": "HOST", "value": "db"}])
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 1)


def test_readiness_is_probed_again_and_again(world: KubeWorld) -> None:
    found = {"ready": False}
    world.set_behaviour(lambda _image, _env: Behaviour(ready=found["ready"]))
    world.create(secret("old"))
    world.create(deployment(replicas=1, readinessProbe={"httpGet": {"port": 8080}}))
    until(world, lambda: messages(world, "Unhealthy"))
    assert world.ready_pods(SPACE, "web") == []
    assert {each["state"].keys() == {"running"} for each in containers(world)} == {True}
    found["ready"] = True
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 1)


def test_pods_wait_for_room_and_take_it_when_it_comes(world: KubeWorld) -> None:
    world.create(secret("old"))
    world.create(deployment(replicas=3, resources={"requests": {"memory": "2Gi"}}))
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 2)
    (told,) = messages(world, "FailedScheduling")
    assert told.startswith("0/1 nodes are available: 1 Insufficient memory.")
    room = {"cpu": "2", "memory": "4Gi"}
    world.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "more"}, "status": {"allocatable": room}})
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 3)


def test_a_service_knows_its_ready_pods(world: KubeWorld) -> None:
    world.create(secret("old"))
    world.create(deployment())
    body = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    metadata = {"name": "web", "namespace": SPACE}
    world.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": body})

    def addresses() -> bool:
        (endpoints,) = world.objects.all(kind_named("Endpoints"), SPACE)
        return [len(subset.get("addresses", [])) for subset in endpoints["subsets"]] == [2]

    world.tick()
    until(world, addresses)


def test_a_world_goes_on_where_it_was_stopped(world: KubeWorld, clock: Clock) -> None:
    world.create(secret("old"))
    world.create(deployment())
    until(world, lambda: len(world.ready_pods(SPACE, "web")) == 2)
    pods = world.ready_pods(SPACE, "web")
    world.append_log(SPACE, pods[0], "a line")
    live = world.objects.get(SECRET, SPACE, "stripe")
    world.objects.update(SECRET, {**live, "stringData": {"key": "new"}})
    again = KubeWorld(clock)
    again.load(world.dump())
    again.tick()
    assert again.ready_pods(SPACE, "web") == pods
    assert keys(again) == {"old"}
    assert [line for _, line in again.logs.current((SPACE, pods[0], "app")).lines] == ["a line"]
    assert again.objects.version >= world.objects.version
