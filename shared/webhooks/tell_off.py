"""A person hears that a webhook of one of their programs was switched off, and what to do: in the private chat, once.

Who dies between the message and its note tells it again.
"""

from dataclasses import replace
from datetime import timedelta

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.logs import log_event
from shared.people.accounts import change_user, open_user
from shared.people.api_keys import show_name
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User, language_of
from shared.people.webhooks import OffReason, Webhook, find_webhook, host_of, note_told
from shared.ports import Place, Ports, Screen
from shared.texts import html_text
from shared.webhooks.publish_event import publish_off

PAUSE = timedelta(minutes=1)
"""Before another try, if Telegram's flood control holds the message up, or nobody knows whether it came."""
TOLD_WITHIN = timedelta(days=1)


async def tell_off(ports: Ports, user_id: int, key_id: str) -> None:
    """Tell it, unless it was told, or the webhook is on again or gone. Raises UnavailableError."""
    [record] = await ports.store.read([user_key(user_id)])
    user = None if record is None else decode_user(record)
    webhook = None if user is None or user.erased_as else find_webhook(user.webhooks, user.api_keys, key_id)
    if user is None or webhook is None or webhook.off_at is None or webhook.is_told:
        return
    try:
        await ports.messenger.send_text(Place(user_id), Screen(_write(user, webhook)))
    except (TooManyRequestsError, DeliveryUnknownError):
        if ports.clock.now() - webhook.off_at < TOLD_WITHIN:
            await publish_off(ports.tasks, user_id, key_id, ports.clock.now() + PAUSE)
            return
    except MessengerError as error:
        log_event("notice_dropped", severity="WARNING", error=error)

    def note(user: User) -> User | None:
        noted = note_told(user.webhooks, key_id)
        return None if noted == user.webhooks else replace(user, webhooks=noted)

    await change_user(ports, await open_user(ports, user_id), note)


def _write(user: User, webhook: Webhook) -> str:
    text_id = "webhook-off-gone" if webhook.off_reason is OffReason.GONE else "webhook-off-failing"
    return html_text(language_of(user, ""), text_id, name=show_name(webhook.key_id), host=host_of(webhook))
