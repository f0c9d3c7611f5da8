"""What must hold of support, erasures and broadcasts when everything has come to rest."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shared.broadcasts.broadcast import Broadcast, BroadcastState
from shared.broadcasts.broadcast_documents import mark_key
from shared.codec import decode
from shared.credits.ledger import Side, Transfer, refund_id
from shared.jobs.identity import job_id_of, message_intent
from shared.payments.payment_documents import payment_id
from shared.people.nobody import is_nobody
from shared.people.users import User
from shared.texts import plain_text
from tests.simulation.clients import LEAVERS, WRITERS, Clients
from tests.simulation.desk import DESK, OPERATORS
from tests.simulation.people import BOT_ID

if TYPE_CHECKING:
    from tests.simulation.world import World

NOT_PASSED_ON = ("unknown", "refused", "busy", "unreachable", "full")
"""The ends of a message of which its author is told."""
IN_DOUBT = frozenset({"sending", "unclear", "blocked", "refused"})
"""What a mark says of somebody who may have got nothing."""
STARS = json.dumps("⭐").strip('"')
"""What every answer to a payment says, as it is stored."""
_COPY = re.compile(r"copy of (-?\d+)/(\d+)")
_LEAVER = re.compile("|".join(map(str, LEAVERS)))


def _leave_out_erased(world: "World") -> None:
    """Take from what was noted of all people that of the erased: the other rules find no documents of it."""
    crowd, jobs = world.crowd, world.jobs()
    for key in [each for each in crowd.wishes if each[0] in LEAVERS]:
        del crowd.wishes[key]
    crowd.choices = [each for each in crowd.choices if each.user_id not in LEAVERS]
    world.text_model.calls = [each for each in world.text_model.calls if not each.job_id or each.job_id in jobs]
    for user_id in LEAVERS:
        world.messenger.chats.pop(user_id, None)


def find_client_problems(world: "World") -> list[str]:
    """Nobody reads another's words, nothing is left of who was erased, and everybody gets the news once."""
    clients = world.clients
    if clients is None:
        return []
    _count(world, clients)
    users = {int(name): decode(User, fields) for name, fields in world.store.collection("users").items()}
    transfers = [decode(Transfer, fields) for fields in world.store.collection("transfers").values()]
    problems = [
        *_find_wrong_passings(world, clients),
        *_find_wrong_answers(world, clients),
        *_find_traces(world),
        *_find_second_gifts(world),
        *_find_wrong_money(world, clients, transfers),
        *(problem for each in clients.desk.list_broadcasts() for problem in _find_wrong_news(world, users, each)),
    ]
    _leave_out_erased(world)
    return problems


def _count(world: "World", clients: Clients) -> None:
    world.facts["people erased"] = sum(world.store.erased.values())
    world.facts["erased again"] = sum(count > 1 for count in world.store.erased.values())
    world.facts["passed on"] = sum(chat_id == DESK for chat_id, _, _ in _list_copies(world))
    world.facts["answered"] = sum(chat_id != DESK for chat_id, _, _ in _list_copies(world))
    world.facts["paid by leavers"] = len(clients.buyers.charges)
    world.facts["returned to erased"] = world.said.getvalue().count('"payment_of_erased"')
    world.facts |= Counter(f"broadcasts {each.state}" for each in clients.desk.list_broadcasts())


def _list_copies(world: "World") -> list[tuple[int, int, int]]:
    """(where, from where, which message), of every copy that ever arrived."""
    copies = []
    for (chat_id, _), texts in world.messenger.said.items():
        copies += [(chat_id, int(found[1]), int(found[2])) for text in texts if (found := _COPY.fullmatch(text))]
    return copies


# --- support ---


def _find_wrong_passings(world: "World", clients: Clients) -> Iterator[str]:
    """What a person writes is in a topic of theirs once, or they are told that it is not; and buys nothing."""
    copies = Counter((from_, number) for chat_id, from_, number in _list_copies(world) if chat_id == DESK)
    titles = clients.desk.titles | world.messenger.topics[DESK]
    jobs = world.jobs()
    for (user_id, number), count in copies.items():
        if count > 1:
            yield f"message {number} of {user_id} was passed on {count} times"
        if (user_id, number) not in clients.said and user_id not in LEAVERS:
            yield f"message {number} of {user_id} was passed on, and was meant for the bot"
        if job_id_of(message_intent(BOT_ID, user_id, number), 1) in jobs:
            yield f"message {number} of {user_id} was passed on, and became a request"
    for shown in world.messenger.chats[DESK].values():
        found = _COPY.fullmatch(shown.text)
        if found and not titles[shown.thread_id or 0].endswith(found[1]):
            yield f"message {found[2]} of {found[1]} is in the topic {titles[shown.thread_id or 0]!r}"
    missing = Counter(key[0] for key, is_certain in clients.said.items() if is_certain and not copies[key])
    for user_id in WRITERS:
        if missing[user_id] > (told := _count_told(world, user_id)):
            yield f"user {user_id} lost {missing[user_id]} messages to the operators, and was told of {told}"


def _count_told(world: "World", user_id: int) -> int:
    """How many messages told the person that one of theirs was not passed on."""
    beginnings = tuple(
        plain_text(language, f"support-{end}", minutes=1)[:20] for language in ("en", "ru") for end in NOT_PASSED_ON
    )
    said = [texts for (chat_id, _), texts in world.messenger.said.items() if chat_id == user_id]
    return sum(any(text.startswith(beginnings) for text in texts) for texts in said)


def _find_wrong_answers(world: "World", clients: Clients) -> Iterator[str]:
    """What operators write in a topic is with its person once, or they are told that it is not; their notes stay."""
    desk = clients.desk
    titles = desk.titles | world.messenger.topics[DESK]
    copies = [(chat_id, number) for chat_id, from_, number in _list_copies(world) if from_ == DESK]
    shown = world.messenger.chats[DESK].values()
    told = {each.reply_to for each in shown}
    used = {each.thread_id for each in shown if _COPY.fullmatch(each.text)}  # a topic whose worker died is empty
    for chat_id, number in copies:
        if number in desk.notes or number not in desk.answers:
            yield f"message {number} of operators is with {chat_id}, and is for nobody"
        elif not titles[desk.answers[number]].endswith(str(chat_id)):
            yield f"answer {number} in the topic {titles[desk.answers[number]]!r} is with {chat_id}"
    counts = Counter(number for _, number in copies)
    for number, thread_id in desk.answers.items():
        if counts[number] > 1:
            yield f"answer {number} arrived {counts[number]} times"
        if not counts[number] and number not in told and thread_id in used - desk.disturbed:
            yield f"answer {number} did not arrive, and nobody was told"


# --- erasures ---


def _find_traces(world: "World") -> Iterator[str]:
    """No document and no file names who was erased; none of them stayed."""
    for key, record in world.store._documents.items():
        if key.collection == "inbox" and STARS in (record.fields.get("answer") or ""):
            continue  # the answer to a payment that came after it expires by itself
        for value in _walk(record.fields, key.id):
            if _LEAVER.search(value):
                yield f"{key.collection}/{key.id} still says {value[:80]!r}"
    for name, (content, _) in world.blobs.blobs.items():
        if _LEAVER.search(f"{name} {json.dumps(world.blobs.facts.get(name))} {content.decode('utf-8', 'replace')}"):
            yield f"the file {name} is still there"


def _walk(value: Any, name: str) -> Iterator[str]:
    """Every plain value, keys of maps and ids among them."""
    yield name
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, name)
    else:
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _find_second_gifts(world: "World") -> Iterator[str]:
    """Whoever came back got no second welcome, and no promo code twice."""
    for name, count in world.store.given.items():
        if count > 1:
            yield f"{name} was given {count} times"


def _find_wrong_money(world: "World", clients: Clients, transfers: list[Transfer]) -> Iterator[str]:
    """Each payment is booked once, to a nobody by now; each return is; and nothing is between people any more."""
    booked = {each.id: each for each in transfers}
    for listed in world.messenger.transactions:
        charge_id = payment_id("stars", listed.charge_id)
        name = refund_id(charge_id) if listed.is_returned else f"purchase:{charge_id}"
        if name not in booked:
            yield f"{name} is not in the books"
        elif not is_nobody(booked[name].user_id):
            yield f"{name} names {booked[name].user_id}"
    left = sum(t.credits * ((t.target is Side.GIFTS) - (t.source is Side.GIFTS)) for t in transfers)
    if left:
        yield f"{left} credits are on their way for ever"


# --- broadcasts ---


def _find_wrong_news(world: "World", users: dict[int, User], broadcast: Broadcast) -> Iterator[str]:
    """Nobody has it twice; who could have got it all the time has it, unless that is in doubt."""
    text = broadcast.content.text
    got = Counter(chat_id for (chat_id, _), texts in world.messenger.said.items() if text in texts)
    for user_id, count in got.items():
        if count > 1 and user_id not in OPERATORS:  # they look at it before
            yield f"user {user_id} got {text!r} {count} times"
    if broadcast.state is not BroadcastState.DONE or broadcast.began_at is None:
        return
    marks, in_doubt = world.store.collection("broadcast_marks"), 0
    for user_id in users:
        is_there = world.store.known_since[user_id] < broadcast.began_at and not is_nobody(user_id)
        if not is_there or got[user_id] or user_id in world.ever_blocked or user_id in world.store.without_news:
            continue
        mark = marks.get(mark_key(broadcast.id, user_id).id, {"state": "absent"})
        in_doubt += mark["state"] not in {"blocked", "refused"}
        if mark["state"] not in IN_DOUBT and not _is_of_earlier_worker(mark, broadcast):
            yield f"user {user_id} never got {text!r}, which says {mark['state']}"
    if in_doubt > broadcast.progress.unclear:
        yield f"{in_doubt} people never got {text!r}, {broadcast.progress.unclear} are counted as unclear"


def _is_of_earlier_worker(mark: dict[str, Any], broadcast: Broadcast) -> bool:
    """Whether a worker that stood still was told of a 429 when its follower had counted the person as unclear."""
    return mark["state"] == "held" and int(mark["owner"].split(":")[1]) < broadcast.fence
