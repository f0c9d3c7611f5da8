"""Who acts on a release: workflows, time, and members with their roles. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of members."""

    VIEWER = "viewer"
    DEVELOPER = "developer"
    QA = "qa"
    RELEASE_MANAGER = "release_manager"
    OPERATOR = "operator"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a role may allow."""

    SEE = "see"
    APPROVE = "approve"
    """And reject, and take an approval back."""
    START = "start"
    ABORT = "abort"
    """And pause, and let go on."""
    ROLL_BACK = "roll_back"
    FREEZE = "freeze"
    HOLD = "hold"
    CANCEL = "cancel"
    """Somebody else's release; one's own needs no role but that of a member."""
    MEMBERS = "members"


ROLES = {
    Permission.SEE: frozenset(Role),
    Permission.APPROVE: frozenset({Role.QA, Role.RELEASE_MANAGER}),
    Permission.START: frozenset({Role.RELEASE_MANAGER}),
    Permission.ABORT: frozenset({Role.QA, Role.RELEASE_MANAGER, Role.OPERATOR}),
    Permission.ROLL_BACK: frozenset({Role.RELEASE_MANAGER, Role.OPERATOR, Role.ADMIN}),
    Permission.FREEZE: frozenset({Role.RELEASE_MANAGER, Role.OPERATOR, Role.ADMIN}),
    Permission.HOLD: frozenset({Role.RELEASE_MANAGER, Role.ADMIN}),
    Permission.CANCEL: frozenset({Role.RELEASE_MANAGER}),
    Permission.MEMBERS: frozenset({Role.ADMIN}),
}
"""Who may do what; any one of the roles is enough."""


class ActorKind(StrEnum):
    """The seven kinds of actors."""

    BUILD = "build"
    """The workflow that builds and brings to staging."""
    DEPLOY = "deploy"
    """The workflow that deploys to production, with its rollout."""
    ROLLBACK = "rollback"
    """The workflow that goes back: an operator's hand in GitHub."""
    MONITOR = "monitor"
    """The workflow that watches a deployed release."""
    TIME = "time"
    """A deadline, or a newer release."""
    MEMBER = "member"
    STRANGER = "stranger"
    """Anybody else: never a member, or no longer."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of GitHub."""

    id: int
    login: str

    @property
    def is_bot(self) -> bool:
        """Whether an App acts by this account. No person's login has brackets."""
        return self.login.endswith("[bot]")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes an attempt."""

    kind: ActorKind
    id: str = ""
    """Telegram's id of a person, the id of a workflow's run."""
    name: str = ""
    """For people who read the history: the login of whoever started the workflow, a member's name."""
    roles: tuple[Role, ...] = ()
    github_id: int = 0
    """0: not joined to an account."""
    earlier_github_ids: tuple[int, ...] = ()

    @property
    def github_ids(self) -> frozenset[int]:
        """Every account that is this person's: another one does not make another person."""
        return frozenset({self.github_id, *self.earlier_github_ids} - {0})

    @property
    def key(self) -> str:
        return f"{self.kind.value}:{self.id}"

    def may(self, permission: Permission) -> bool:
        """Whether this is a member with a role that allows it."""
        return self.kind is ActorKind.MEMBER and not ROLES[permission].isdisjoint(self.roles)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the release bot."""

    telegram_id: int
    name: str = ""
    roles: tuple[Role, ...] = ()
    github_id: int = 0
    """GitHub's id of the account that the person has proved to own; 0: none yet."""
    is_active: bool = True
    invited_by: int = 0
    github_login: str = ""
    """The account's name when it was joined, for people to read."""
    earlier_github_ids: tuple[int, ...] = ()
    """Accounts that the person was joined to before."""

    @property
    def actor(self) -> Actor:
        """A removed member, and one without a role, is a stranger."""
        kind = ActorKind.MEMBER if self.is_active and self.roles else ActorKind.STRANGER
        earlier = self.earlier_github_ids
        return Actor(kind, str(self.telegram_id), self.name, self.roles, self.github_id, earlier)


TIME = Actor(ActorKind.TIME)
