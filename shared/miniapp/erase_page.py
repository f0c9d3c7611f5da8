"""Erasing oneself in the app: the question, and the way back for a day. `/privacy` in the chat does the same.

GET  /privacy/erase    what is erased, what stays, what is lost
POST /privacy/erase    the yes; the chat is told too, with the way back
POST /privacy/keep     the way back
"""

from shared.errors import ConflictError
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import Call, Reply
from shared.miniapp.page import Frame, Visitor, go_to, greet, show_page
from shared.miniapp.privacy_page import draw_privacy
from shared.ports import AppPorts
from shared.privacy.erase_screens import draw_question, is_fresh
from shared.privacy.erasure import may_be_kept, new_erasure
from shared.privacy.erasure_documents import create_erasure, find_erasure
from shared.telegram.callbacks import write_moment
from shared.texts import plain_text

PRIVACY = "/privacy"


async def show_erase(ports: AppPorts, call: Call) -> Reply:
    """The question; where it is answered already, or nobody is erased, the page of privacy. Raises UnavailableError."""
    visitor = await greet(ports, call)
    if not ports.erasure_keys or await find_erasure(ports, call.user_id) is not None:
        return await draw_privacy(ports, visitor)
    return _ask(ports, visitor)


async def erase(ports: AppPorts, call: Call) -> Reply:
    """Have everything erased in a day. Posted once more, it finds the erasure and tells the chat again.

    Raises UnavailableError.
    """
    visitor, now = await greet(ports, call), ports.clock.now()
    if not ports.erasure_keys:
        return go_to(PRIVACY)
    if await find_erasure(ports, call.user_id) is None:
        if not is_fresh(call.value("shown"), now):  # the words above the button may be wrong by now
            return _ask(ports, visitor)
        await _order(ports, visitor)
    await publish_act(ports, Act("erasure", call.user_id, "", now))
    return go_to(PRIVACY)


async def keep(ports: AppPorts, call: Call) -> Reply:
    """Take it back. Raises UnavailableError."""
    await greet(ports, call)
    known = await find_erasure(ports, call.user_id)
    if known is None:
        return go_to(PRIVACY)
    if not may_be_kept(known.erasure):
        return go_to(f"{PRIVACY}?said=late")
    try:
        await ports.store.commit([known.delete()])
    except ConflictError:  # it has begun, or another press was faster: the page shows which
        return go_to(PRIVACY)
    return go_to(f"{PRIVACY}?said=kept")


async def _order(ports: AppPorts, visitor: Visitor) -> None:
    opened, now = visitor.opened, ports.clock.now()
    erasure = new_erasure(visitor.user.id, visitor.language, ports.ids.token(), now)
    person = opened.writes(opened.user) if opened.record is None else []  # there is always a person to be erased
    try:
        await ports.store.commit([create_erasure(erasure), *person])
    except ConflictError:  # the same form, or the chat, was faster
        if await find_erasure(ports, visitor.user.id) is None:
            await _order(ports, await greet(ports, visitor.call))


def _ask(ports: AppPorts, visitor: Visitor) -> Reply:
    now = ports.clock.now()
    frame = Frame("settings", plain_text(visitor.language, "app-erase-title"), PRIVACY, has_balance=False)
    question = draw_question(visitor.language, visitor.user, now).text
    return show_page(visitor, "erase.html", frame, question=question, shown=write_moment(now))
