"""How objects go: pods once they have stopped, a namespace with all it holds, dependents after their owner."""

from console.drill.kube.kinds import Json, Kind, kind_named
from console.drill.kube.objects import Objects

_POD = kind_named("Pod")


def remove(objects: Objects, kind: Kind, obj: Json, *, at_once: bool = False) -> Json:
    """Delete an object, and return it as it is then; a pod that runs is only marked, unless `at_once`."""
    name, namespace = obj["metadata"]["name"], obj["metadata"].get("namespace", "")
    if kind == _POD and obj["spec"].get("nodeName") and not at_once:
        return obj if "deletionTimestamp" in obj["metadata"] else objects.mark_deleted(kind, obj)
    if kind.kind == "Namespace":
        for other, held in objects.everything():
            if held["metadata"].get("namespace") == name and other.namespaced:
                objects.delete(other, name, held["metadata"]["name"])
    return objects.delete(kind, namespace, name)


def orphan(objects: Objects, owner: Json) -> None:
    """Take an owner out of its dependents, so that they outlive it."""
    uid = owner["metadata"]["uid"]
    for kind, obj in objects.everything():
        references = obj["metadata"].get("ownerReferences") or []
        if kept := [each for each in references if each.get("uid") != uid]:
            if len(kept) != len(references):
                objects.update(kind, {**obj, "metadata": {**obj["metadata"], "ownerReferences": kept}})
        elif references:
            metadata = {key: value for key, value in obj["metadata"].items() if key != "ownerReferences"}
            objects.update(kind, {**obj, "metadata": metadata})


class GarbageCollector:
    """Removes what has lost all its owners."""

    def __init__(self, objects: Objects) -> None:
        self._objects, self._seen = objects, 0

    def sync(self) -> None:
        """Look again, if anything was deleted since."""
        while self._seen != self._objects.deletions:
            self._seen = self._objects.deletions
            everything = self._objects.everything()
            uids = {obj["metadata"]["uid"] for _, obj in everything}
            for kind, obj in everything:
                references = obj["metadata"].get("ownerReferences") or []
                if references and not any(each.get("uid") in uids for each in references):
                    remove(self._objects, kind, obj)
