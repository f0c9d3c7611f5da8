"""/api: the keys with which a person's programs use the REST API, in the private chat.

A secret is shown once, in place of the page whose button made it, and is stored nowhere but in that message. So nothing
sends it again: a press that comes twice finds its key made, and says how to get another secret. It leaves the message
alone, because the secret may stand there.

    press ── commit {user: key, hash of its secret} ✓ ── edit: the secret      a second tap: an alert
                                                     ╳ died in between: the key is in the list; its secret is renewed
"""

from dataclasses import replace

from shared.bot.balance import answer_alone
from shared.hash_ids import hash_id
from shared.people.accounts import change_user
from shared.people.api_keys import (
    KEYS_MAX,
    SCOPES,
    ApiKey,
    hash_secret,
    renew_key,
    show_name,
    with_key,
    without_key,
    write_token,
)
from shared.people.users import Language, User
from shared.people.webhooks import Webhook, find_webhook, host_of, remove_webhook
from shared.ports import Button, Ports, Screen
from shared.telegram.callbacks import write_callback, write_moment
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, write_day

KEY = "apikey"
LIST, CHOOSE, MAKE, OPEN, RENEW, ASK, REVOKE = "list", "choose", "make", "open", "renew", "ask", "revoke"
"""The first argument of its buttons; the second is whose they are."""
DOCS_PATH = "/api/docs"
PRESETS: dict[str, tuple[str, ...]] = {"read": SCOPES[:1], "make": SCOPES[:2], "all": SCOPES}
"""What a new key may do, by the name in its button."""


async def show_api(ports: Ports, visit: Visit, message: Message) -> None:
    """/api: the keys; in a group only in private."""
    await answer_alone(ports, visit, _draw_list(ports, visit, visit.opened.user), "api")


async def press_key(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """One of the buttons. Raises MessengerErrors, UnavailableError."""
    asked = [*arguments, "", "", "", ""]
    step, owner, rest = asked[0], asked[1], asked[2:]
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
        return
    screen, text_id = await _act(ports, visit, step, rest)
    said = plain_text(visit.language, text_id) if text_id else ""
    await answer_tap(ports, tap.query_id, said, alert=screen is None)
    if screen is not None:
        await ports.messenger.edit_text(visit.place, tap.message_id, screen)


async def _act(ports: Ports, visit: Visit, step: str, rest: list[str]) -> tuple[Screen | None, str]:
    """What the message shows after a press (None: what it shows now), and the id of a toast or nothing."""
    user, name = visit.opened.user, rest[0]
    if not visit.update.chat.is_private or not ports.mini_app_url:
        return Screen(html_text(visit.language, "api-off")), ""
    if step == CHOOSE:
        return _draw_choice(visit), ""
    if step == MAKE and name in PRESETS:
        return await _make(ports, visit, PRESETS[name], rest[1])
    if step == RENEW and rest[1].isdecimal():
        return await _renew(ports, visit, name, int(rest[1][:6]))
    if step == REVOKE:
        return await _revoke(ports, visit, name)
    key = next((each for each in user.api_keys if each.id == name), None)
    if step in {OPEN, ASK} and key is not None:
        return _draw_key(visit, key, is_asked=step == ASK), ""
    return _draw_list(ports, visit, user), "toast-api-gone" if step in {OPEN, ASK} else ""


async def _make(ports: Ports, visit: Visit, scopes: tuple[str, ...], nonce: str) -> tuple[Screen | None, str]:
    """A new key, once for each time that its button was shown."""
    secret, owner = ports.ids.token(), visit.opened.user.id
    key = ApiKey(hash_id("api key", owner, nonce, *scopes), ports.clock.now(), scopes, hash_secret(secret))
    user = await change_user(ports, visit.opened, lambda user: _with(user, with_key(user.api_keys, key)))
    made = next((each for each in user.api_keys if each.id == key.id), None)
    if made is None:
        return _draw_list(ports, visit, user), "toast-api-full"
    return _draw_secret(ports, visit, made, secret)


async def _renew(ports: Ports, visit: Visit, key_id: str, renewals: int) -> tuple[Screen | None, str]:
    """A new secret of a key, once for each time that its button was shown."""
    secret, now = ports.ids.token(), ports.clock.now()
    digest = hash_secret(secret)
    user = await change_user(
        ports, visit.opened, lambda user: _with(user, renew_key(user.api_keys, key_id, renewals, digest, now))
    )
    renewed = next((each for each in user.api_keys if each.id == key_id), None)
    if renewed is None:
        return _draw_list(ports, visit, user), "toast-api-gone"
    return _draw_secret(ports, visit, renewed, secret)


async def _revoke(ports: Ports, visit: Visit, key_id: str) -> tuple[Screen, str]:
    def revoke(user: User) -> User | None:
        changed = _with(user, without_key(user.api_keys, key_id))
        return None if changed is None else replace(changed, webhooks=remove_webhook(changed.webhooks, key_id))

    user = await change_user(ports, visit.opened, revoke)
    return _draw_list(ports, visit, user), "toast-api-revoked"


def _with(user: User, keys: tuple[ApiKey, ...] | None) -> User | None:
    return None if keys is None else replace(user, api_keys=keys)


def _draw_list(ports: Ports, visit: Visit, user: User) -> Screen:
    """All keys, a button for each, and the way to the description."""
    language = visit.language
    if not ports.mini_app_url:
        return Screen(html_text(language, "api-off"))
    lines = [html_text(language, "api-title")]
    lines += [_describe(each, user, language) for each in user.api_keys] or [html_text(language, "api-none")]
    rows = [(_button(language, "button-api-key", OPEN, user.id, each.id, name=_name(each)),) for each in user.api_keys]
    if len(user.api_keys) < KEYS_MAX:
        rows.append((_button(language, "button-api-new", CHOOSE, user.id),))
    else:
        lines.append(html_text(language, "api-full", limit=KEYS_MAX))
    rows.append((Button(plain_text(language, "button-api-docs"), url=f"{ports.mini_app_url}{DOCS_PATH}"),))
    return Screen("\n\n".join(lines), tuple(rows))


def _draw_choice(visit: Visit) -> Screen:
    language, owner, nonce = visit.language, visit.opened.user.id, write_moment(visit.received_at)
    rows = [(_button(language, f"button-api-{name}", MAKE, owner, name, nonce),) for name in PRESETS]
    return Screen(html_text(language, "api-choose"), (*rows, _back(language, owner)))


def _draw_key(visit: Visit, key: ApiKey, *, is_asked: bool) -> Screen:
    """One key, with what can be done with it; `is_asked`: whether it shall really be revoked."""
    language, owner = visit.language, visit.opened.user.id
    if is_asked:
        sure = _button(language, "button-api-revoke-sure", REVOKE, owner, key.id)
        text = html_text(language, "api-revoke-ask", name=_name(key))
        return Screen(text, ((sure,), (_button(language, "button-api-keep", OPEN, owner, key.id),)))
    text = "\n\n".join((_describe(key, visit.opened.user, language), html_text(language, "api-key-ways")))
    renew = _button(language, "button-api-renew", RENEW, owner, key.id, key.renewals)
    return Screen(
        text, ((renew,), (_button(language, "button-api-revoke", ASK, owner, key.id),), _back(language, owner))
    )


def _draw_secret(ports: Ports, visit: Visit, key: ApiKey, secret: str) -> tuple[Screen | None, str]:
    """The token, if this press made it; otherwise the way to another secret."""
    if key.secret_hash != hash_secret(secret):
        return None, "toast-api-made"
    language, owner = visit.language, visit.opened.user.id
    text_id = "api-renewed" if key.renewals else "api-made"
    token, url = write_token(owner, key.id, secret), f"{ports.mini_app_url}/api/v1"
    return Screen(
        html_text(language, text_id, token=token, url=url), (_back(language, owner, "button-api-stored"),)
    ), ""


def _describe(key: ApiKey, user: User, language: Language) -> str:
    """A key in one paragraph, and whom it tells of its jobs."""
    known = [scope for scope in SCOPES if scope in key.scopes]
    may = ", ".join(plain_text(language, f"api-scope-{scope}") for scope in known)
    used = "" if key.used_at is None else write_day(language, key.used_at)
    line = "api-key-used" if used else "api-key-unused"
    made = write_day(language, key.created_at)
    text = html_text(language, line, name=_name(key), may=may, made=made, **({"used": used} if used else {}))
    webhook = find_webhook(user.webhooks, user.api_keys, key.id)
    return text if webhook is None else f"{text}\n{_describe_webhook(webhook, language)}"


def _describe_webhook(webhook: Webhook, language: Language) -> str:
    text_id = "api-key-webhook-failing" if webhook.failing_since else "api-key-webhook"
    text_id = text_id if webhook.off_at is None else "api-key-webhook-off"
    return html_text(language, text_id, host=host_of(webhook))


def _name(key: ApiKey) -> str:
    return show_name(key.id)


def _button(language: Language, text_id: str, step: str, owner: int, *arguments: object, name: str = "") -> Button:
    label = plain_text(language, text_id, **({"name": name} if name else {}))
    return Button(label, write_callback(KEY, step, owner, *arguments))


def _back(language: Language, owner: int, text_id: str = "button-api-back") -> tuple[Button, ...]:
    return (_button(language, text_id, LIST, owner),)
