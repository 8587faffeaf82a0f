"""A Kubernetes API on loopback: what its clients rely on, truthfully; no more.

world = KubeWorld(clock)                       one cluster
world.create({...})                            put objects in; controllers roll them out
world.app()                                    the aiohttp application to serve
world.running_env(namespace, pod)              what a container was started with
world.append_log(namespace, pod, line)         what it prints
world.behaviour = lambda image, env: ...       how its images behave
world.access, world.faults, world.requests     who may, what goes wrong, what was asked
"""

from console.drill.kube.access import Denial
from console.drill.kube.kubelet import Behaviour, Timing
from console.drill.kube.world import KubeWorld, kubeconfig

__all__ = ["Behaviour", "Denial", "KubeWorld", "Timing", "kubeconfig"]
