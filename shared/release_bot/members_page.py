"""Who is a member, with which roles, and invitations: the pages of admins. Pure."""

from collections.abc import Sequence

from shared.people.users import Language
from shared.ports import Button, Screen
from shared.release_bot.buttons import write_page
from shared.release_bot.card import name_member
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.names import name_account, name_roles
from shared.releases.actor import Member, Role
from shared.texts import html_text, plain_text

SHOWN_MAX = 20
"""Members with a line of their own; a message has 4,096 characters."""
BUTTONS_MAX = 90
"""Members with a button, without which nobody can remove them; Telegram takes 100 buttons."""


def make_members_page(language: Language, members: Sequence[Member]) -> Screen:
    """All members, each with a button."""
    shown, further = members[:SHOWN_MAX], members[SHOWN_MAX:BUTTONS_MAX]
    lines = [html_text(language, "release-members-title"), "", *(_describe(language, each) for each in shown)]
    if further:
        lines.append(html_text(language, "release-members-further", count=len(further)))
    buttons = [(Button(f"👤 {name_member(each)}", write_page(f"m;{each.telegram_id}")),) for each in (*shown, *further)]
    invite = (Button(plain_text(language, "release-button-invite"), write_page("invite")),)
    policy = (Button(plain_text(language, "release-button-policy"), write_page("policy")),)
    return Screen("\n".join(lines), (*buttons, invite, policy, make_menu_row(language)))


def make_member_page(language: Language, member: Member, viewer_id: int) -> Screen:
    """One member; an admin does not change themselves."""
    lines = [_describe(language, member), html_text(language, "release-member-id", id=str(member.telegram_id))]
    if member.github_id:
        lines.append(html_text(language, "release-member-joined", login=name_account(member)))
    else:
        lines.append(html_text(language, "release-member-not-joined"))
    rows: list[tuple[Button, ...]] = []
    if member.telegram_id == viewer_id:
        lines.append(html_text(language, "release-member-self"))
    else:
        rows = [(_make_role(language, member, role),) for role in Role]
        remove = plain_text(language, "release-button-remove")
        rows.append((Button(remove, write_page(f"mx;{member.telegram_id}")),))
    back = Button(plain_text(language, "release-button-members"), write_page("members"))
    return Screen("\n".join(lines), (*rows, (back, *make_menu_row(language))))


def make_removal_page(language: Language, member: Member) -> Screen:
    """Whether the member is to be removed."""
    text = html_text(language, "release-remove-what", name=name_member(member))
    yes = Button(plain_text(language, "release-button-remove-yes"), write_page(f"mx;{member.telegram_id};yes"))
    back = Button(plain_text(language, "release-button-back"), write_page(f"m;{member.telegram_id}"))
    return Screen(text, ((yes,), (back,)))


def make_invite_page(language: Language, code: str) -> Screen:
    """As what somebody is invited. The code is in the buttons, so that two presses make one invitation."""
    rows = tuple(
        (Button(name_roles(language, [role.value]), write_page(f"invite;{role.value};{code}")),) for role in Role
    )
    return Screen(html_text(language, "release-invite-as"), (*rows, make_menu_row(language)))


def make_invited_page(language: Language, role: Role, code: str) -> Screen:
    """What to send to the person."""
    text = html_text(language, "release-invited", role=name_roles(language, [role.value]), code=code)
    return Screen(text, (make_menu_row(language),))


def _describe(language: Language, member: Member) -> str:
    roles = name_roles(language, member.roles) or "—"
    return html_text(language, "release-member", name=name_member(member), roles=roles)


def _make_role(language: Language, member: Member, role: Role) -> Button:
    has = role in member.roles
    name = name_roles(language, [role.value])
    return Button(("✅ " if has else "⬜️ ") + name, write_page(f"mr;{member.telegram_id};{role.value};{int(not has)}"))
