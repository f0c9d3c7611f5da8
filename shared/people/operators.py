"""Who runs the bot, and what each of them may do on the operators' pages: by the settings alone. Pure."""

from enum import StrEnum

from shared.ports import Ports


class Role(StrEnum):
    """What an operator is there for. An admin may do everything."""

    VIEWER = "viewer"
    """Looks."""
    SUPPORT = "support"
    """Helps people: returns the credits of a job, reads a conversation for a reason."""
    FINANCE = "finance"
    """Looks after money: payments, credits given and returned."""
    ADMIN = "admin"


def role_of(ports: Ports, user_id: int) -> Role | None:
    """The role of a person; None: they are no operator."""
    if user_id in ports.admin_ids:
        return Role.ADMIN
    named = ports.admin_roles.get(user_id)
    return None if named is None else Role(named)


def has_operators(ports: Ports) -> bool:
    """Whether anybody may look at people here."""
    return bool(ports.admin_ids or ports.admin_roles)


def list_admins(ports: Ports) -> frozenset[int]:
    """Who may do everything, by Telegram's ids."""
    return ports.admin_ids | {user_id for user_id, role in ports.admin_roles.items() if role == Role.ADMIN}
