"""Declines uses that the bot does not support, once each: messages in a chat's name, Business, guest messages.

They open no account. When an owner connects the bot to their Business account, the customers write to the owner, not to
the bot: their messages are not in `allowed_updates`, are never answered and cost nobody anything. The owner is told so.
"""

from collections.abc import Awaitable, Callable

from shared.delivery import Delivery
from shared.errors import ConflictError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.identity import channel_key, connection_key, update_key
from shared.jobs.job_documents import create_inbox
from shared.people.accounts import open_user
from shared.people.users import LANGUAGES, language_of
from shared.ports import Button, Place, Ports, Screen
from shared.telegram.answers import put_off
from shared.telegram.updates import Faceless, GuestCalled, OwnerConnected
from shared.texts import html_text, plain_text


async def answer_faceless(ports: Ports, update: Faceless, delivery: Delivery) -> None:
    """Tell a sender who writes in a chat's name how to ask, once, in both languages: such a sender has no account."""
    place = Place(update.chat.id, update.chat.thread_id, update.message_id)
    text_id = "channel-declined" if update.is_channel else "faceless"
    screen = Screen("\n\n".join(html_text(language, text_id) for language in LANGUAGES))
    # A channel hears it once for as long as the mark is kept: its readers did not ask.
    key = channel_key(ports.bot_id, update.chat.id) if update.is_channel else update_key(ports.bot_id, update.update_id)
    await _say_once(ports, key, delivery, lambda: ports.messenger.send_text(place, screen))


async def decline_call(ports: Ports, call: OwnerConnected | GuestCalled, delivery: Delivery) -> None:
    """Say that the bot does not work there, and where it works. Raises LaterError, UnavailableError."""
    if isinstance(call, GuestCalled):
        await _decline_guest(ports, call, delivery)
    elif call.is_enabled:
        await _decline_owner(ports, call, delivery)


async def _decline_owner(ports: Ports, call: OwnerConnected, delivery: Delivery) -> None:
    """Answer once per connection, even if its rights are changed later."""
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
        return  # the chat refuses it, and this answer is optional
