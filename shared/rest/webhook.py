"""The webhook of a key: where its program is told what became of its jobs.

GET    /webhook            where, and how it goes           PUT  /webhook    {"url": "https://…"}: set it, switch it on
POST   /webhook/secret     another secret, beside the old   DELETE /webhook
POST   /webhook/test       an event without a job

A secret is in one answer, that of the call which made it. A call whose answer was lost is followed by /webhook/secret:
secrets before stay in use for a day.
"""

from collections.abc import Callable
from dataclasses import replace

from shared.errors import UnusableReportError
from shared.people.accounts import change_user
from shared.people.api_keys import ApiKey
from shared.people.users import User
from shared.people.webhooks import (
    SECRETS_MAX,
    Webhook,
    Webhooks,
    find_webhook,
    put_webhook,
    remove_webhook,
    renew_secret,
    write_secret,
)
from shared.ports import AppPorts
from shared.rest.calls import NOT_FOUND, Json, Problem, RestAnswer
from shared.rest.deliveries import describe_event
from shared.rest.program import RestCall
from shared.webhooks.event import EventType, id_event, new_event
from shared.webhooks.event_documents import create_event
from shared.webhooks.publish_event import publish_event

OFF = Problem(409, "The webhook is off. PUT /webhook switches it on.", "webhook-off")


async def show_webhook(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """The key's webhook, without its secrets."""
    webhook = _find(call.opened.user, call.key)
    return NOT_FOUND if webhook is None else RestAnswer(_describe(webhook))


async def set_webhook(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """Set the address. Raises UnusableReportError, UnavailableError."""
    if call.body.keys() != {"url"} or not isinstance(url := call.body["url"], str):
        raise UnusableReportError("url: the only field, a text")
    if not ports.receivers.is_address(url):
        return Problem(422, "The url has to be https, of a public server by its name, at port 443.", "webhook-url")
    secret, now = _make_secret(ports), ports.clock.now()

    def put(user: User) -> Webhooks:
        return put_webhook(user.webhooks, user.api_keys, call.key.id, url, secret, now)

    return await _show_with_secret(ports, call, secret, put)


async def renew_webhook_secret(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """Sign by another secret too. Raises UnavailableError."""
    if _find(call.opened.user, call.key) is None:
        return NOT_FOUND
    secret, now = _make_secret(ports), ports.clock.now()

    def renew(user: User) -> Webhooks | None:
        return renew_secret(user.webhooks, call.key.id, secret, now)

    answer = await _show_with_secret(ports, call, secret, renew)
    if isinstance(answer, RestAnswer) and answer.content["secret"] is None:
        return Problem(409, f"{SECRETS_MAX} secrets are in use. The oldest ends within a day.", "webhook-secrets")
    return answer


async def remove(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """Nothing is sent any more. Raises UnavailableError."""
    webhook = _find(call.opened.user, call.key)
    if webhook is None:
        return NOT_FOUND
    await _change(ports, call, lambda user: remove_webhook(user.webhooks, call.key.id))
    return RestAnswer(_describe(webhook) | {"state": "removed"})


async def send_test(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """An event that says nothing, by the way that all of them go. Raises UnavailableError."""
    webhook, now = _find(call.opened.user, call.key), ports.clock.now()
    if webhook is None:
        return NOT_FOUND
    if webhook.off_at is not None:
        return OFF
    id_ = id_event(call.user_id, call.key.id, ports.ids.token())
    event = new_event(id_, call.user_id, call.key.id, EventType.TEST, "", now)
    await ports.store.commit([create_event(event)])
    await publish_event(ports.tasks, event.id)
    return RestAnswer(describe_event(event), 202)


def _find(user: User, key: ApiKey) -> Webhook | None:
    return find_webhook(user.webhooks, user.api_keys, key.id)


def _make_secret(ports: AppPorts) -> str:
    return write_secret(f"{ports.ids.token()}{ports.ids.token()}")


async def _show_with_secret(
    ports: AppPorts, call: RestCall, secret: str, change: Callable[[User], Webhooks | None]
) -> RestAnswer | Problem:
    """The webhook after this change, with the secret if this call has made it."""
    webhook = _find(await _change(ports, call, change), call.key)
    if webhook is None:  # removed at the same moment
        return NOT_FOUND
    is_made = bool(webhook.secrets) and webhook.secrets[0].value == secret
    content = _describe(webhook) | {"secret": secret if is_made else None}
    return RestAnswer(content, 201 if is_made else 200)


async def _change(ports: AppPorts, call: RestCall, change: Callable[[User], Webhooks | None]) -> User:
    def changed(user: User) -> User | None:
        webhooks = change(user)
        return None if webhooks is None or webhooks == user.webhooks else replace(user, webhooks=webhooks)

    return await change_user(ports, call.opened, changed)


def _describe(webhook: Webhook) -> Json:
    state = "off" if webhook.off_at is not None else "on" if webhook.failing_since is None else "failing"
    return {
        "url": webhook.url,
        "state": state,
        "reason": None if webhook.off_reason is None else webhook.off_reason.value,
        "created_at": webhook.created_at.isoformat(),
        "failing_since": None if webhook.failing_since is None else webhook.failing_since.isoformat(),
    }
