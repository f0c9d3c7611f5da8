"""The answer to a tap, which stops the spinner on its button, and changes of the keyboard that was tapped."""

from contextlib import suppress

from shared.errors import MessengerError
from shared.jobs.accept_request import Accepted
from shared.ports import Button, Place, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import read_callback
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text, unmark


async def answer_tap(ports: Ports, query_id: str, toast: str = "", *, alert: bool = False) -> None:
    """Stop the button's spinner; a courtesy that may fail."""
    with suppress(MessengerError):
        await ports.messenger.answer_tap(query_id, toast, alert=alert)


async def toast(ports: Ports, visit: Visit, tap: Tap, text_id: str) -> None:
    """Answer a tap with a short text that only this person sees."""
    await answer_tap(ports, tap.query_id, plain_text(visit.language, text_id))


async def tell_ordered(
    ports: Ports, visit: Visit, tap: Tap, came_of_it: Accepted | Screen | None, begun: str = "toast-again"
) -> None:
    """Answer a tap that orders something: why it was declined, or `begun` for the first of its taps.

    None: there is nothing to order any more.
    """
    if isinstance(came_of_it, Screen):
        await say_declined(ports, visit, tap, came_of_it)
    elif came_of_it is None:
        await toast(ports, visit, tap, "old-menu")
    else:
        await toast(ports, visit, tap, begun if came_of_it.fresh else "toast-known")


async def say_declined(ports: Ports, visit: Visit, tap: Tap, why: Screen) -> None:
    """Say why a tap orders nothing: as an alert, or in a message if it has buttons, which an alert cannot show.

    In a group it is an alert, which only this person sees, unless it asks who pays. Raises MessengerErrors,
    UnavailableError, LaterError.
    """
    if why.buttons and (visit.update.chat.is_private or _asks_who_pays(why)):
        await answer_tap(ports, tap.query_id)
        await answer(ports, visit, why)
    else:
        await answer_tap(ports, tap.query_id, unmark(why.text), alert=True)


def _asks_who_pays(screen: Screen) -> bool:
    """Whether a button of it places an order (`shared/pictures/ask_order.py`)."""
    callbacks = [read_callback(button.data) for row in screen.buttons for button in row]
    return any(each is not None and each.action == "order" for each in callbacks)


async def show_rows(ports: Ports, tap: Tap, rows: tuple[tuple[Button, ...], ...]) -> None:
    """Replace the keyboard of the tapped message; a deleted message is ignored."""
    with suppress(MessengerError):
        await ports.messenger.edit_buttons(Place(tap.chat.id, tap.chat.thread_id), tap.message_id, Screen("", rows))
