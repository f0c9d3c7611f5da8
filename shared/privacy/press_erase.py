"""*Erase everything* under /privacy, its question, and the way back for a day.

    ask ── the question ── yes ── erasure + answer ✓ ── sent ── keep ── erasure gone + answer ✓ ── sent

A second *yes* finds the erasure; a *yes* that comes again after *keep* is an update that was seen.
"""

from shared.errors import ConflictError, LaterError
from shared.ports import Ports, Screen, Write
from shared.privacy.erase_screens import ASK, KEEP, SURE, draw_question, draw_waiting, is_fresh
from shared.privacy.erasure import may_be_kept, new_erasure
from shared.privacy.erasure_documents import create_erasure, find_erasure
from shared.telegram.answers import SENDING_SECONDS, answer, commit_answer, send_answer
from shared.telegram.taps import answer_tap, show_rows, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text


async def press_erase(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """One of the three buttons. Raises MessengerErrors, UnavailableError, LaterError."""
    step, owner, shown, *_ = (*arguments, "", "", "")
    if owner != str(tap.sender.id):
        await toast(ports, visit, tap, "not-yours")
    elif step == KEEP:
        await _keep(ports, visit, tap)
    elif not (tap.chat.is_private and ports.erasure_keys and step in {ASK, SURE}):
        await toast(ports, visit, tap, "old-menu")
    elif step == SURE and is_fresh(shown, visit.received_at):
        await _order(ports, visit, tap)
    else:
        await _ask(ports, visit, tap)


async def _ask(ports: Ports, visit: Visit, tap: Tap) -> None:
    known = await find_erasure(ports, tap.sender.id)
    if known is None:
        screen = draw_question(visit.language, visit.opened.user, ports.clock.now())
    else:
        screen = draw_waiting(known.erasure, visit.language)
    await answer(ports, visit, screen)
    await answer_tap(ports, tap.query_id)


async def _order(ports: Ports, visit: Visit, tap: Tap) -> None:
    if (known := await find_erasure(ports, tap.sender.id)) is not None:
        await answer(ports, visit, draw_waiting(known.erasure, visit.language))
    else:
        erasure = new_erasure(tap.sender.id, visit.language, ports.ids.token(), ports.clock.now())
        person = visit.opened.writes(visit.opened.user) if visit.opened.record is None else []
        writes = [create_erasure(erasure), *person]  # there is always a person to be erased
        await _commit(ports, visit, draw_waiting(erasure, visit.language), writes)
    await show_rows(ports, tap, ())
    await answer_tap(ports, tap.query_id)


async def _keep(ports: Ports, visit: Visit, tap: Tap) -> None:
    known = await find_erasure(ports, tap.sender.id)
    if known is None:
        await toast(ports, visit, tap, "toast-nothing-to-keep")
    elif not may_be_kept(known.erasure):
        await toast(ports, visit, tap, "toast-keep-late")
    else:
        await _commit(ports, visit, Screen(html_text(visit.language, "erase-kept")), [known.delete()])
        await answer_tap(ports, tap.query_id)
    await show_rows(ports, tap, ())


async def _commit(ports: Ports, visit: Visit, screen: Screen, writes: list[Write]) -> None:
    """Raises LaterError if another press, or another delivery of this one, was faster."""
    try:
        mark = await commit_answer(ports, visit, visit.place, screen, writes)
    except ConflictError as error:
        raise LaterError(SENDING_SECONDS) from error
    await send_answer(ports, mark, visit.place, screen)
