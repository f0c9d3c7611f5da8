"""Buttons that show only to the asker why something was not started, or the code of a failure."""

import re

from shared.people.users import Language
from shared.pictures.declines import explain
from shared.ports import Button, Ports
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text

NUMBER = "[0-9]{1,6}"
CODE = r"[A-Z][A-Z-]{1,15}"
REFERENCE = r"[A-Za-z0-9_-]{1,16}"


def code_button(language: Language, owner_id: int, code: str, reference: str) -> Button:
    """The button that shows the code of a failure without a job."""
    return Button(plain_text(language, "button-details"), write_callback("code", owner_id, code, reference))


async def press_why(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show why a request of this person was declined."""
    owner, price, count, *_ = (*arguments, "", "", "")
    count = count or "1"  # buttons of earlier releases carry the price of all pictures and no number
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    elif re.fullmatch(NUMBER, price) is None or re.fullmatch(NUMBER, count) is None:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))
    else:
        text = explain(visit.language, visit.opened.user, int(price), int(count), ports.clock.now())
        await answer_tap(ports, tap.query_id, text, alert=True)


async def press_code(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the code of a failure without a job."""
    owner, code, reference, *_ = (*arguments, "", "", "")
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    elif re.fullmatch(CODE, code) is None or re.fullmatch(REFERENCE, reference) is None:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))
    else:
        text = plain_text(visit.language, "details", code=code, reference=reference)
        await answer_tap(ports, tap.query_id, text, alert=True)
