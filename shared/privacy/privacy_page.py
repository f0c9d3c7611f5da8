"""/privacy: what is kept and for how long, with a way to take it along.

A press asks for one export; a second press of the same button is the same request.
"""

from shared.conversations.history_screens import KEPT
from shared.credits.catalogue import titles_of_others
from shared.gallery.archive import day_of
from shared.gallery.order_zip import order_zip, stop_zip
from shared.jobs.accept_request import Order
from shared.jobs.identity import tap_intent
from shared.payments.shop import add_way_to_people
from shared.people.operators import has_operators
from shared.people.storage import DEFAULT_RESULTS_DAYS
from shared.people.users import Language
from shared.ports import Button, Ports, Screen
from shared.privacy.erase_screens import draw_waiting, erase_button, keep_button
from shared.privacy.erasure_documents import find_erasure
from shared.privacy.export import ExportArtefacts, ExportRequest, is_export
from shared.privacy.export_screens import EXPORT
from shared.privacy.press_term import term_button
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback, write_moment
from shared.telegram.taps import toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def show_privacy(ports: Ports, visit: Visit, message: Message) -> None:
    """/privacy: which data is kept, for how long, and what the person can do with it. In groups only the words."""
    lines = [html_text(visit.language, "privacy")]
    if titles := titles_of_others(ports.sellers):
        lines.append(html_text(visit.language, "privacy-second", models=", ".join(titles)))
    if ports.cards:
        lines.append(html_text(visit.language, "privacy-cards"))
    if ports.support_chat_id:
        lines.append(html_text(visit.language, "privacy-support"))
    if has_operators(ports):
        lines.append(html_text(visit.language, "privacy-operators"))
    if not message.chat.is_private:
        await answer(ports, visit, Screen("\n".join(lines)))
        return
    if (days := visit.opened.user.storage.results_days) < DEFAULT_RESULTS_DAYS:
        lines.append(html_text(visit.language, "privacy-term", days=days))
    lines.append(add_way_to_people(ports, visit, html_text(visit.language, "privacy-ways")))
    nonce = write_moment(visit.received_at)
    rows = _rows(visit.language, visit.opened.user.id, nonce)
    if ports.erasure_keys:
        text, button = await _offer_erasure(ports, visit)
        lines.append(text)
        rows = (*rows, (button,))
    await answer(ports, visit, Screen("\n".join(lines), rows))


async def _offer_erasure(ports: Ports, visit: Visit) -> tuple[str, Button]:
    """The way to have everything erased, or back from it. Raises UnavailableError."""
    me, known = visit.opened.user.id, await find_erasure(ports, visit.opened.user.id)
    if known is None:
        return html_text(visit.language, "privacy-erase"), erase_button(visit.language, me)
    return draw_waiting(known.erasure, visit.language).text, keep_button(visit.language, me)


def _rows(language: Language, owner: int, nonce: str) -> tuple[tuple[Button, ...], ...]:
    export = Button(plain_text(language, "button-export"), write_callback(EXPORT, nonce))
    kept = Button(plain_text(language, "button-memory-kept"), write_callback(KEPT, "", owner))
    return (export,), (term_button(language, owner),), (kept,)


async def press_export(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Ask for everything as ZIP files, once a day. Raises UnavailableError."""
    if not tap.chat.is_private:
        await toast(ports, visit, tap, "old-menu")
        return
    intent = tap_intent(ports.bot_id, f"export:{visit.opened.user.id}", EXPORT, "".join(arguments[:1]))
    request = ExportRequest(price=0, day=day_of(ports.clock.now()))
    order = Order("export", request, ExportArtefacts(), 1, is_recent=False)
    over = plain_text(visit.language, "toast-export-limit")
    await order_zip(ports, visit, tap, intent, order, begun="toast-export", over=over)


async def press_stop(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Cancel* under the card of an export."""
    await stop_zip(ports, visit, tap, arguments, is_export)
