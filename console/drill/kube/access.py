"""Who may what: a list of denials a user, everything else allowed; answers reviews by the same rule."""

from dataclasses import dataclass, field

from console.drill.kube.kinds import Kind


@dataclass(frozen=True, slots=True)
class Denial:
    """`*` stands for all; `resource` may name a subresource, such as `pods/log`."""

    resource: str
    verbs: tuple[str, ...] = ("*",)
    namespace: str = "*"

    def covers(self, verb: str, resource: str, namespace: str) -> bool:
        """Whether this denies the verb on the resource."""
        return (
            ("*" in self.verbs or verb in self.verbs)
            and self.resource in ("*", resource)
            and self.namespace in ("*", namespace)
        )


@dataclass
class Access:
    """Users by bearer token, and what each is denied."""

    users: dict[str, str] = field(default_factory=dict)
    denials: dict[str, list[Denial]] = field(default_factory=dict)
    anonymous: str | None = "operator"
    """Who asks without a token: kubectl sends none over plain HTTP."""

    def user(self, authorization: str) -> str | None:
        """Return who the token names; None where it names nobody."""
        if not authorization:
            return self.anonymous
        return self.users.get(authorization.removeprefix("Bearer ").strip())

    def allows(self, user: str, verb: str, kind: Kind, namespace: str, subresource: str = "") -> bool:
        """Whether the user may."""
        resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
        return not any(denial.covers(verb, resource, namespace) for denial in self.denials.get(user, []))
