"""Somebody with everything that a person can have here, and a search for what is left of them."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.admin.calls import Operator
from shared.admin.change_credits import order_change
from shared.broadcasts.broadcast import Card, new_broadcast
from shared.broadcasts.broadcast_documents import create_broadcast
from shared.broadcasts.content import Content
from shared.codec import encode
from shared.credits.catalogue import PLANS
from shared.credits.ledger import Change, TransferKind
from shared.gallery.inline_results import WORDS as INLINE_WORDS
from shared.growth.growth_documents import create_promo, invitation_id
from shared.growth.promo_code import PromoCode
from shared.jobs.rating import UP, Rating, rating_key
from shared.miniapp.sending import Sending, create_sending
from shared.payments.card_request import CardRequest, create_card_request
from shared.people.accounts import change_user, open_user
from shared.people.api_keys import SCOPES, ApiKey
from shared.people.change_credits import change_credits
from shared.people.keep_prompts import keep_prompt
from shared.people.library import Prompt
from shared.people.operators import Role
from shared.people.sign_in_codes import create_code
from shared.people.uploads import upload_prefixes
from shared.people.users import User
from shared.people.webhooks import put_webhook, write_secret
from shared.ports import Create, Member
from shared.telegram.payloads import write_words
from shared.webhooks.event import EventType, new_event
from shared.webhooks.event_documents import create_event
from shared.webhooks.publish_event import publish_event
from tests.fakes.cards import FakeCards
from tests.unit.growth.buying import KEY, SMALL, find_link, have_bought, pass_time
from tests.unit.payments.card_world import CardWorld
from tests.unit.support.desk import open_desk
from tests.world import BOT_ID, GROUP, OTHER, World

RICH, INVITED = 7300050177, 7300050188
"""Numbers that nothing else contains."""
NAME, WORDS, EMAIL = "Zelda", "quixotic", "zelda@example.com"
CODE = "AB23CD45EF"
ERASURE_KEY = b"e" * 32
Json = dict[str, Any]


def person(user_id: int = RICH) -> Json:
    return {"id": user_id, "is_bot": False, "first_name": NAME, "last_name": NAME, "language_code": "en"}


def say(world: World, text: str = "", **fields: Any) -> Json:
    """A message of theirs."""
    update = world.message(text, user_id=RICH, **fields)
    update["message"]["from"] = person()
    return update


def subscribed(world: World) -> Json:
    """Telegram's message about the first period of a subscription in Stars."""
    [[button]] = world.shown(RICH).buttons
    body = {
        "currency": "XTR",
        "total_amount": PLANS["plus"].stars,
        "invoice_payload": world.messenger.invoice_links[button.url].payload,
        "telegram_payment_charge_id": "stx9",
        "is_recurring": True,
        "is_first_recurring": True,
        "subscription_expiration_date": int((world.now + timedelta(days=30)).timestamp()),
    }
    return say(world, successful_payment=body)


async def live(world: World) -> FakeCards:
    """Let them do all that leaves something, with all of it theirs to find; the provider of their cards."""
    cards = FakeCards()
    world.sell(KEY, cards={"lava": cards})
    world.ports = replace(world.ports, erasure_keys=(ERASURE_KEY,))
    await world.send(world.message("/start", user_id=OTHER), world.message("/invite", user_id=OTHER))
    await world.send(say(world, f"/start ref_{invitation_id(BOT_ID, OTHER)}"))
    await _pay(world, cards)
    await _give(world)
    await _connect(world)
    await _make(world)
    await _leave_open(world)
    return cards


async def _pay(world: World, cards: FakeCards) -> None:
    """A package that lasts and rewards the inviter, one by card, a subscription of each kind, a promo code."""
    await have_bought(world, user_id=RICH, charge="stx1")
    card_world = CardWorld(world, cards)
    invoice_id = await card_world.buy(user_id=RICH, email=EMAIL)
    cards.pay(invoice_id)
    await card_world.hear(invoice_id)
    await world.send(say(world, "/buy"))
    await world.send(world.tap(f"buy;{RICH};plus", world.shown(RICH), user_id=RICH))
    world.messenger.subscriptions[RICH, "stx9"] = False
    await world.send(subscribed(world))
    await world.store.commit([create_promo(PromoCode(CODE, "w", world.now + timedelta(days=90), credits=10))])
    await world.send(say(world, f"/promo {CODE}"), say(world, "/buy"), say(world, "/gift 5"))
    await change_credits(
        world.store, world.clock, Change(TransferKind.GIFT, RICH, 2000, "ticket-1", f"{NAME} was kind")
    )


async def _give(world: World) -> None:
    """A gift to them, one of theirs that was opened, one that waits, and somebody whom they invited."""
    await have_bought(world, user_id=OTHER, charge="stx2")
    await world.send(world.message("/gift 7", user_id=OTHER))
    await world.send(say(world, f"/start {find_link(world, OTHER)}"))
    await world.send(say(world, "/gift 3"))
    await world.send(world.message(f"/start {find_link(world, RICH)}", user_id=OTHER))
    await pass_time(world, timedelta(minutes=1))
    await world.send(say(world, "/gift 4"), say(world, "/invite"))
    link = f"/start ref_{invitation_id(BOT_ID, RICH)}"
    await world.send(world.message(link, user_id=INVITED))


async def _make(world: World) -> None:
    """Pictures, a video, an answer with its sound, what was said, prompts, links, words on their way, an export."""
    await world.send(say(world, f"/remember my cat is {WORDS}"), say(world, f"a {WORDS} fox"))
    await world.send(world.tap("share", world.shown(RICH), user_id=RICH))
    await world.send(say(world, f"a {WORDS} owl", chat_id=GROUP), say(world, f"/image a {WORDS} elk", chat_id=GROUP))
    await world.send(say(world, f"/video a {WORDS} running fox"))
    await world.send(world.tap("vmake", world.shown(RICH), user_id=RICH))
    await world.send(say(world, f"/ask why is a {WORDS} sky blue?"))
    await world.send(world.tap("speak", world.shown(RICH), user_id=RICH))
    await world.send(world.voice(f"a {WORDS} wolf in the snow", user_id=RICH))
    await world.send(say(world, f"/improve a {WORDS} bear"))
    await world.send(world.inline(f"a {WORDS} " + "very " * 30 + "long wish", user_id=RICH))
    await world.send(say(world, f"/start {write_words(INLINE_WORDS, f'a {WORDS} yak')}"))
    prompt = Prompt("prompt-of-theirs", RICH, WORDS, f"a {WORDS} lynx", world.now)
    assert await keep_prompt(world.ports, await open_user(world.ports, RICH), prompt)
    await world.send(say(world, "/privacy"))
    await world.send(world.tap("export", world.shown(RICH), user_id=RICH))


async def _leave_open(world: World) -> None:
    """A question about a photo, a dear order, forms of the app, an upload, bytes that nobody understood."""
    await world.send(world.photo(user_id=RICH))
    await change_user(world.ports, await open_user(world.ports, RICH), _ask_always)
    await world.send(say(world, f"/image a {WORDS} lion"))
    world.messenger.members[GROUP] = {RICH: Member(NAME, is_administrator=True)}
    await world.send(say(world, "/wallet 9", chat_id=GROUP), say(world, f"/image a {WORDS} gnu", chat_id=GROUP))
    await world.send(world.voice(f"a {WORDS} story", seconds=1200, user_id=RICH))
    job_id = next(each.id for each in world.jobs() if each.user_id == RICH)
    request = CardRequest("request-of-theirs", RICH, "s", SMALL.credits, 100, "EUR", "en", world.now, EMAIL)
    sending = Sending("sending-of-their", RICH, job_id, world.now, world.now + timedelta(days=1))
    rating = Rating(RICH, "picture", UP, world.now, "2026-01-01", world.now + timedelta(days=90))
    rated = Create(rating_key(job_id), encode(rating))
    await world.store.commit([create_card_request(request), create_sending(sending), rated])
    cast = replace(new_broadcast("broadcast-theirs", Content("News"), str(RICH), world.now), confirmed_by=str(RICH))
    await world.store.commit([create_broadcast(replace(cast, card=Card(RICH, 7, "en")))])
    await _be_helped(world)
    open_desk(world)
    await world.send(say(world, "/support"), say(world, f"a {WORDS} problem"))
    for prefix in upload_prefixes(RICH):
        await world.blobs.put(f"{prefix}upload", WORDS.encode(), "image/png")
    await world.deliver({"update_id": 9, "message": {"from": person(), "text": {"not": WORDS}}})
    await world.send(say(world, "/ask what else?"))


async def _be_helped(world: World) -> None:
    """An operator gave them credits, another gift waits for a second one, and somebody let them see the pages."""
    helper, ports = Operator(OTHER, Role.ADMIN, "en", ""), replace(world.app_ports, alone_credits_max=10)
    for credit_count in (5, 50):
        gift = Change(TransferKind.GIFT, RICH, credit_count, f"form-{credit_count}", f"{NAME} was {WORDS}")
        await order_change(ports, helper, gift, "give")
    await world.store.commit([create_code("a-code-that-is-theirs-1", RICH, world.now)])


async def _connect(world: World) -> None:
    """A program of theirs has a key, and a webhook that was sent an event."""
    key, now = ApiKey("K" * 16, world.now, SCOPES, "0" * 64), world.now
    url = f"https://{WORDS}.example.org"

    def add(user: User) -> User:
        webhooks = put_webhook((), (key,), key.id, url, write_secret("TEST-not-a-real-secret"), now)
        return replace(user, api_keys=(key,), webhooks=webhooks)

    await change_user(world.ports, await open_user(world.ports, RICH), add)
    event = new_event("E" * 16, RICH, key.id, EventType.TEST, "", now)
    await world.store.commit([create_event(event)])
    await publish_event(world.tasks, event.id)
    await world.settle()


def _ask_always(user: User) -> User:
    return replace(user, talk=replace(user.talk, confirm_above=4))


def find_traces(world: World) -> dict[str, list[str]]:
    """Where in the database and the bucket their number, name, words or e-mail stand, by collection."""
    found: dict[str, list[str]] = {}
    for key, record in world.store._documents.items():
        for path, value in _walk(record.fields, key.id):
            if _names_them(value):
                found.setdefault(key.collection, []).append(f"{key.id} {path}: {value!r}")
    for name, (content, _) in world.blobs.blobs.items():
        if _names_them(name) or _names_them(content) or _names_them(json.dumps(world.blobs.facts.get(name))):
            found.setdefault("bucket", []).append(name)
    return found


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every plain value, keys of maps and ids among them."""
    yield path, path
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, path)
    else:
        yield path, value


def _code(words: str) -> Iterator[str]:
    """What base64 makes of words, wherever in a longer text they stand."""
    for before in range(3):
        coded = urlsafe_b64encode(b"." * before + words.encode()).decode()
        yield coded[-(-before * 8 // 6) : (before + len(words)) * 8 // 6]


SHOWN = re.compile("|".join((NAME, WORDS, EMAIL, *_code(WORDS))))
"""Their name, words and e-mail, also coded as in a link."""
_NAMED = re.compile(f"{RICH}|{SHOWN.pattern}")


def _names_them(value: Any) -> bool:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return _NAMED.search(text) is not None
