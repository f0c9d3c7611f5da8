"""A code of the bot signs an operator in: once, soon, and nobody else."""

from dataclasses import replace

import pytest

from shared.admin.calls import AdminCall, Operator
from shared.admin.page import refuse_role, show_fault
from shared.admin.sign_in import show_enter, use_code
from shared.people.operators import Role, role_of
from shared.settings import ADMIN_ROLES
from tests.stored import copy_all
from tests.unit.admin.office import BOSS, CHIEF, CLERK, HELPER, Office
from tests.world import GROUP, ME, World, any_commit

APP = "https://api.test"


@pytest.fixture
def bot(office: Office) -> World:
    """A bot with a Mini App and operators."""
    office.world.ports = replace(office.world.ports, mini_app_url=APP)
    return office.world


async def ask_code(bot: World, user_id: int = BOSS) -> str:
    """The code behind the button that the bot sends."""
    await bot.send(bot.message("/admin", user_id=user_id))
    [[button]] = bot.shown(user_id).buttons
    link, _, code = button.url.partition("#")
    assert link == f"{APP}/admin/enter"
    return code


def test_roles(office: Office) -> None:
    """Admins are named by one setting, others with a role by the next; the settings know the same roles."""
    people = {user_id: role_of(office.ports, user_id) for user_id in (BOSS, CLERK, HELPER, ME)}
    assert people == {BOSS: Role.ADMIN, CLERK: Role.FINANCE, HELPER: Role.SUPPORT, ME: None}
    assert tuple(Role) == ADMIN_ROLES
    both = replace(office.ports, admin_roles={BOSS: "viewer"})
    assert role_of(both, BOSS) is Role.ADMIN


async def test_a_code_works_once(bot: World, office: Office) -> None:
    """It signs in whom it was sent to, is in the audit, and does nothing a second time."""
    code = await ask_code(bot, HELPER)
    operator = await use_code(office.ports, code)
    assert operator is not None
    assert (operator.user_id, operator.role, operator.language) == (HELPER, Role.SUPPORT, "en")
    assert [(entry.act, entry.by, entry.role) for entry in office.audit()] == [("sign_in", HELPER, "support")]
    assert await use_code(office.ports, code) is None


async def test_the_database_has_no_code(bot: World) -> None:
    """Who reads the database finds nothing to sign in with."""
    code = await ask_code(bot)
    assert code not in str(copy_all(bot))


async def test_a_code_ends(bot: World, office: Office) -> None:
    """After five minutes it is worth nothing; nor is one of somebody who is no operator any more, or nonsense."""
    code = await ask_code(bot)
    bot.clock.advance(5 * 60)
    assert await use_code(office.ports, code) is None
    code = await ask_code(bot)
    dismissed = replace(office.ports, admin_ids=frozenset({CHIEF}), admin_roles={})
    assert await use_code(dismissed, code) is None
    for nonsense in ("", "short", "x" * 65, f"{code}/", "unknown-code-0123456789"):
        assert await use_code(office.ports, nonsense) is None
    assert await use_code(office.ports, code) is not None


async def test_a_code_from_before_signing_out(bot: World, office: Office) -> None:
    """Who signs out because a stranger has their phone has ended the codes of before too; a new one works."""
    code = await ask_code(bot)
    bot.clock.advance(1)
    await office.call("POST", "/admin/sign-out")
    assert await use_code(office.ports, code) is None
    bot.clock.advance(1)
    assert await use_code(office.ports, await ask_code(bot)) is not None


async def test_two_use_a_code_at_once(bot: World, office: Office) -> None:
    """Of two who bring the same code in the same moment one is signed in."""
    code = await ask_code(bot)
    first: list[object] = []

    async def use_it_before() -> None:
        first.append(await use_code(office.ports, code))

    bot.store.interrupt(any_commit, use_it_before)
    assert await use_code(office.ports, code) is None
    assert first != [None]
    assert len(office.audit()) == 1


async def test_only_operators_have_the_command(bot: World) -> None:
    """For others /admin is an unknown command; in a group it sends nothing that signs in."""
    await bot.send(bot.message("/admin", user_id=ME))
    assert "admin" not in str(bot.shown(ME).buttons)
    assert not bot.store.collection("admin_codes")
    await bot.send(bot.message("/admin", user_id=BOSS, chat_id=GROUP))
    assert "private chat" in bot.shown(GROUP).text
    assert not bot.store.collection("admin_codes")


async def test_without_an_app(office: Office) -> None:
    """Where there is no Mini App there are no pages, and the operator is told why."""
    await office.world.send(office.world.message("/admin", user_id=BOSS))
    assert "Mini App" in office.world.shown(BOSS).text


async def test_the_same_command_again(bot: World, office: Office) -> None:
    """A command that Telegram repeats sends another code at most, and both are this operator's."""
    update = bot.message("/admin", user_id=BOSS)
    for _ in range(2):
        await bot.deliver(update)
    codes = [each.buttons[0][0].url.partition("#")[2] for each in bot.messenger.messages(BOSS)]
    operators = [await use_code(office.ports, code) for code in codes]
    assert {each.user_id for each in operators if each} == {BOSS}


async def test_signing_out(office: Office) -> None:
    """Every session of before is over, in one commit with the audit, also if somebody else writes meanwhile."""
    world = office.world
    await world.send(world.message("/start", user_id=BOSS))

    async def press_something() -> None:
        await world.deliver(world.message("/remember I like foxes", user_id=BOSS))

    world.store.interrupt(any_commit, press_something)
    page = await office.call("POST", "/admin/sign-out")
    assert "signed out everywhere" in page.text
    assert world.user(BOSS).signed_out_at is not None
    assert world.user(BOSS).talk.facts
    assert [entry.act for entry in office.audit()] == ["sign_out"]


def test_the_page_for_the_code() -> None:
    """It is there in both languages, and says why somebody has to sign in."""
    assert "Войти" in show_enter("ru").body.decode()
    refused = show_enter("en", 401, said="admin-said-enter")
    assert (refused.status, b"an hour has passed" in refused.body) == (401, True)


def test_the_page_for_another_role() -> None:
    """Whoever may not go somewhere is told so, and sees only the sections of their role."""
    page = refuse_role(AdminCall(Operator(HELPER, Role.SUPPORT, "en", "")))
    assert (page.status, b"Your role does not reach here" in page.body) == (403, True)
    assert (b"/admin/jobs" in page.body, b"/admin/payments" in page.body) == (True, False)


def test_what_went_wrong_is_told() -> None:
    """A fault has words and a way on; what may have been done is not said to be undone."""
    assert b"Nothing has changed" in show_fault("en", 403).body
    unknown = show_fault("en", 503)
    assert (unknown.status, b"it is unknown whether" in unknown.body, b'href="/admin"' in unknown.body) == (
        503,
        True,
        True,
    )
