"""/balance and /receipt, and answers that only one person may read."""

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.ports import Button, Place, Ports, Screen
from shared.statement.press_balance import draw_balance
from shared.statement.press_receipt import draw_receipt
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def answer_alone(ports: Ports, visit: Visit, screen: Screen, payload: str) -> None:
    """Answer in the private chat. In a group a line says so, or says how to open the private chat.

    `payload` makes that chat's /start give this answer. Raises MessengerErrors.
    """
    if visit.update.chat.is_private:
        await answer(ports, visit, screen)
        return
    try:
        await answer(ports, visit, screen, Place(visit.update.sender.id))
    except (TooManyRequestsError, DeliveryUnknownError):
        raise
    except MessengerError:
        url = f"https://t.me/{await ports.messenger.username()}?start={payload}"
        button = Button(plain_text(visit.language, "button-chat"), url=url)
        await answer(ports, visit, Screen(html_text(visit.language, "write-first"), ((button,),)))
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "wrote-you")))


async def show_balance(ports: Ports, visit: Visit, message: Message) -> None:
    """/balance: credits and the entries, the newest first."""
    await answer_alone(ports, visit, await draw_balance(ports, visit), "balance")


async def show_receipt(ports: Ports, visit: Visit, message: Message) -> None:
    """/receipt: of the replied message, of a number, or the newest; in a group only in private."""
    await answer_alone(ports, visit, await draw_receipt(ports, visit, message), "balance")
