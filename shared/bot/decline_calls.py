"""Calls in which the bot does not work, each answered once: in the name of a chat, as somebody's secretary, as a guest.

Nobody's account is opened for them. The customers of an owner, who let the bot into their chats, write to the owner:
their messages are not asked for, are never answered, and cost nobody anything. The owner is told so.
"""

from collections.abc import Awaitable, Callable

from shared.delivery import Delivery
from shared.errors import ConflictError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.identity import connection_key, update_key
from shared.jobs.job_documents import create_inbox
from shared.people.accounts import open_user
from shared.people.users import LANGUAGES, language_of
from shared.ports import Button, Place, Ports, Screen
from shared.telegram.answers import put_off
from shared.telegram.updates import Faceless, GuestCalled, OwnerConnected
from shared.texts import html_text, plain_text


async def answer_faceless(ports: Ports, update: Faceless, delivery: Delivery) -> None:
    """Who writes in the name of a chat owns nothing: say once, in both languages, how to ask."""
    place = Place(update.chat.id, update.chat.thread_id, update.message_id)
    screen = Screen("\n\n".join(html_text(language, "faceless") for language in LANGUAGES))
    key = update_key(ports.bot_id, update.update_id)
    await _say_once(ports, key, delivery, lambda: ports.messenger.send_text(place, screen))


async def decline_call(ports: Ports, call: OwnerConnected | GuestCalled, delivery: Delivery) -> None:
    """Say that the bot does not work there, and where it does. Raises LaterError, UnavailableError."""
    if isinstance(call, GuestCalled):
        await _decline_guest(ports, call, delivery)
    elif call.is_enabled:
        await _decline_owner(ports, call, delivery)


async def _decline_owner(ports: Ports, call: OwnerConnected, delivery: Delivery) -> None:
    """Once for a connection, however often what it may do is changed."""
    language = language_of((await open_user(ports, call.owner.id)).user, call.owner.language_code)
    screen = Screen(html_text(language, "business-declined"))
    key = connection_key(ports.bot_id, call.connection_id)
    await _say_once(ports, key, delivery, lambda: ports.messenger.send_text(Place(call.chat.id), screen))


async def _decline_guest(ports: Ports, call: GuestCalled, delivery: Delivery) -> None:
    language = language_of(None, call.language_code)

    async def send() -> None:
        address = f"https://t.me/{await ports.messenger.username()}"
        button = Button(plain_text(language, "button-open-chat"), url=address)
        await ports.messenger.answer_guest(call.query_id, Screen(html_text(language, "guest-declined"), ((button,),)))

    await _say_once(ports, update_key(ports.bot_id, call.update_id), delivery, send)


async def _say_once(ports: Ports, key: str, delivery: Delivery, send: Callable[[], Awaitable[object]]) -> None:
    try:
        await ports.store.commit([create_inbox(key, (), ports.clock.now())])
    except ConflictError:
        if not delivery.is_repeat:
            return  # another delivery answers
    try:
        await send()
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        put_off(ports, delivery, error)
    except MessengerError:
        return  # the place does not take it, and it is a courtesy
