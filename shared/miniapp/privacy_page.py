"""Privacy in the app: what is kept and for how long, what the bot was asked to remember, and the ways out.

GET  /privacy            `erase_page.py` and `order_export.py` have what its buttons do
POST /privacy/facts      erases one fact, or all
POST /privacy/sign-out   ends all sessions of the person, this one too; the app has to be opened again
"""

from dataclasses import replace

from shared.credits.catalogue import titles_of_others
from shared.miniapp.calls import Call, Reply
from shared.miniapp.page import Frame, Visitor, go_to, greet, show_page
from shared.people.accounts import OpenUser, change_user, open_user
from shared.people.facts import fact_id, without_fact, without_facts
from shared.people.operators import has_operators
from shared.people.users import User
from shared.ports import AppPorts
from shared.privacy.erase_screens import draw_waiting
from shared.privacy.erasure import may_be_kept
from shared.privacy.erasure_documents import find_erasure
from shared.texts import plain_text

ALL = "all"


async def show_privacy(ports: AppPorts, call: Call) -> Reply:
    """What is kept. Raises UnavailableError."""
    return await draw_privacy(ports, await greet(ports, call))


async def draw_privacy(ports: AppPorts, visitor: Visitor, *, refused: str = "") -> Reply:
    """The page, below the reason why something was not done. Raises UnavailableError."""
    language = visitor.language
    frame = Frame("settings", plain_text(language, "app-privacy"), "/settings", refused, has_balance=False)
    facts = [(fact_id(each), each.text) for each in visitor.user.talk.facts]
    by_card = bool(ports.card_currencies)
    others = ", ".join(titles_of_others(ports.sellers))
    known = await find_erasure(ports, visitor.user.id) if ports.erasure_keys else None
    told = {
        "others": others,
        "by_card": by_card,
        "has_operators": has_operators(ports),
        "erases": bool(ports.erasure_keys),
        "waits": "" if known is None else draw_waiting(known.erasure, language).text,
        "is_late": known is not None and not may_be_kept(known.erasure),
        "token": ports.ids.token(),
    }
    return show_page(visitor, "privacy.html", frame, facts=facts, all=ALL, **told)


async def erase_facts(ports: AppPorts, call: Call) -> Reply:
    """Erase what the form names. Raises UnavailableError."""
    visitor, erased = await greet(ports, call), call.value("fact")

    def change(user: User) -> User:
        talk = without_facts(user.talk) if erased == ALL else without_fact(user.talk, erased)
        return replace(user, talk=talk)

    await change_user(ports, visitor.opened, change)
    return go_to("/privacy?said=saved")


async def sign_out(ports: AppPorts, call: Call) -> Reply:
    """End every session that the person has anywhere, and drop the order that waits for credits.

    Raises UnavailableError.
    """
    visitor = await greet(ports, call)
    await _end_sessions(ports, visitor.opened)
    # A renewal that read the person just before may have been dated since. It is older than this second time.
    await _end_sessions(ports, await open_user(ports, call.user_id))
    frame = Frame("settings", plain_text(visitor.language, "app-signed-out"), has_balance=False)
    return show_page(visitor, "signed_out.html", frame)


async def _end_sessions(ports: AppPorts, opened: OpenUser) -> None:
    now = ports.clock.now()
    await change_user(ports, opened, lambda user: replace(user, signed_out_at=now, unpaid_order=""))
