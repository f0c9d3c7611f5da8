"""/receipt, and the buttons that show one: only to the person whose it is."""

from shared.conversations.take_questions import find_replied
from shared.jobs.frame import is_known
from shared.people.users import Language
from shared.ports import Ports, Screen
from shared.statement.find_receipt import find_last_receipt, find_receipt, open_receipt_of_job
from shared.statement.receipt import Receipt
from shared.statement.receipt_screens import receipt_screen
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text


async def draw_receipt(ports: Ports, visit: Visit, message: Message) -> Screen:
    """The receipt with the number in the message, of the replied message, or the newest. Raises UnavailableError."""
    language, user_id, words = visit.language, message.sender.id, message.text.strip()
    if words:
        return _draw(language, await find_receipt(ports, user_id, words), "receipt-unknown")
    if message.replied is not None and message.replied.sender_id == ports.bot_id:
        job = await find_replied(ports, message.chat.id, message.replied.message_id)
        is_theirs = job is not None and job.user_id == user_id and is_known(ports, job)
        found = await open_receipt_of_job(ports, job) if job is not None and is_theirs else None
        return _draw(language, found, "receipt-unknown")
    return _draw(language, await find_last_receipt(ports, user_id), "receipt-none")


async def press_receipt(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the receipt with this number, in the private chat. Raises MessengerErrors, UnavailableError."""
    number = next(iter(arguments), "")
    receipt = await find_receipt(ports, tap.sender.id, number) if tap.chat.is_private else None
    if receipt is None:
        await toast(ports, visit, tap, "toast-expired")
        return
    await answer(ports, visit, receipt_screen(receipt, visit.language))
    await answer_tap(ports, tap.query_id)


def _draw(language: Language, receipt: Receipt | None, text_id: str) -> Screen:
    """The receipt, or the text that says why there is none."""
    if receipt is None:
        return Screen(html_text(language, text_id))
    return receipt_screen(receipt, language)
