"""A Kubernetes API on loopback: what its clients rely on, truthfully; no more.

world = KubeWorld(now, timing)                        one cluster
world.access.users[token] = "operator"                who asks; what each is denied: world.access.denials
world.create({...})                                   put an object in; controllers and kubelets do the rest
world.tick(), await world.run()                       let them: all that is due now; for ever
world.app()                                           the aiohttp application to serve
world.set_images({...}), world.set_behaviour(...)     which images there are, and how they behave
world.running_env(namespace, pod)                     what a container was started with
world.ready_pods(namespace, workload), all_pods       who could answer a request
world.append_log(namespace, pod, line, at)            what a container prints
world.faults, world.requests                          what goes wrong, what was asked
world.dump(), world.load(dumped)                      the whole state, as JSON values
kubeconfig(server, token, context, namespace)         how clients find it
"""

from console.drill.kube.access import Access, Denial
from console.drill.kube.behaviour import Behaviour, Timing
from console.drill.kube.faults import Faults
from console.drill.kube.kubeconfig import kubeconfig
from console.drill.kube.world import KubeWorld

__all__ = ["Access", "Behaviour", "Denial", "Faults", "KubeWorld", "Timing", "kubeconfig"]
