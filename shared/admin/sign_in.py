"""Signing in to the operators' pages: the page for the code, the code's use, and signing out.

/admin in the bot ── code ── GET /admin/enter ── POST /admin/enter: code used + audit ✓ ── a session in a cookie
"""

import re
from dataclasses import replace

from shared.admin.audit_log import create_entry, new_entry
from shared.admin.calls import AdminCall, Operator
from shared.admin.page import draw
from shared.codec import decode, update
from shared.errors import ConflictError
from shared.miniapp.calls import Reply, page
from shared.people.accounts import open_user, try_until_won
from shared.people.operators import role_of
from shared.people.sign_in_codes import SignInCode, code_key, is_usable
from shared.people.users import Language, language_of
from shared.ports import AppPorts

PATH = "/admin/enter"
CODE_CHARACTERS_MAX = 64


def show_enter(language: Language, status: int = 200, *, said: str = "") -> Reply:
    """The page that asks for the code; `said`: the id of the text that says why."""
    return page(draw("enter.html", language, said=said, path=PATH, code_max=CODE_CHARACTERS_MAX), status)


async def use_code(ports: AppPorts, code: str) -> Operator | None:
    """The operator whom a code signs in, once; None for anything else. Raises UnavailableError."""
    if re.fullmatch(rf"[A-Za-z0-9_-]{{16,{CODE_CHARACTERS_MAX}}}", code) is None:
        return None
    now = ports.clock.now()
    [record] = await ports.store.read([code_key(code)])
    known = None if record is None else decode(SignInCode, record.fields)
    role = None if known is None else role_of(ports, known.user_id)
    if record is None or known is None or role is None or not is_usable(known, now):
        return None
    user = (await open_user(ports, known.user_id)).user
    if user.signed_out_at is not None and known.made_at <= user.signed_out_at:
        return None
    operator = Operator(known.user_id, role, language_of(user, user.news.language), "")
    entry = new_entry(operator, "sign_in", record.key.id, now)
    try:
        await ports.store.commit([update(record, replace(known, used_at=now)), create_entry(entry)])
    except ConflictError:  # somebody else has just used it
        return None
    return operator


async def sign_out(ports: AppPorts, call: AdminCall) -> Reply:
    """End every session of the operator, those of the Mini App too, and every code. Raises UnavailableError."""
    now = ports.clock.now()

    async def attempt() -> None:
        opened = await open_user(ports, call.by.user_id)
        entry = create_entry(new_entry(call.by, "sign_out", "", now))
        await ports.store.commit([*opened.writes(replace(opened.user, signed_out_at=now)), entry])

    await try_until_won(ports, attempt)
    return show_enter(call.by.language, said="admin-said-signed-out")
