"""How many approvals production needs: a page of admins. Pure."""

from shared.people.users import Language
from shared.ports import Button, Screen
from shared.release_bot.buttons import write_page
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.names import name_roles
from shared.releases.actor import ROLES, Permission, Role
from shared.releases.environment import SEATS_MAX, Environment
from shared.texts import html_text, plain_text


def make_policy_page(language: Language, environment: Environment) -> Screen:
    """Each button carries a number, and the version of the policy that it changes: twice is once."""
    roles = [role for role in Role if role in ROLES[Permission.APPROVE]]
    lines = [html_text(language, "release-policy-title"), ""]
    lines += [_describe(language, environment, role) for role in roles]
    lines += ["", html_text(language, "release-policy-note")]
    back = Button(plain_text(language, "release-button-members"), write_page("members"))
    rows = (_make_row(language, environment, role) for role in roles)
    return Screen("\n".join(lines), (*rows, (back, *make_menu_row(language))))


def _describe(language: Language, environment: Environment, role: Role) -> str:
    count = str(environment.quorum.get(role.value, 0))
    return html_text(language, "release-policy-role", role=name_roles(language, [role.value]), count=count)


def _make_row(language: Language, environment: Environment, role: Role) -> tuple[Button, ...]:
    """Somebody always has to approve."""
    others = sum(environment.quorum.values()) - environment.quorum.get(role.value, 0)
    now, version = environment.quorum.get(role.value, 0), environment.policy_version
    name = name_roles(language, [role.value])
    return tuple(
        Button(f"{'✅ ' if count == now else ''}{name}: {count}", write_page(f"policy;{version};{role.value};{count}"))
        for count in range(0 if others else 1, SEATS_MAX + 1)
    )
