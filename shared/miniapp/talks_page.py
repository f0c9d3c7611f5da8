"""Conversations in the app, to read.

GET /talks?before=…    a page, the newest first        GET /talks/{talk}?to=…    its turns up to this one
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from shared.codec import decode
from shared.conversations.conversation import LONG_AGO, Conversation, is_there, own_words
from shared.conversations.conversation_documents import conversation_key, conversations_of_person
from shared.conversations.history_screens import read_instant, write_instant
from shared.conversations.messages import Message, message_key
from shared.errors import DocumentUnreadableError
from shared.hash_ids import is_id
from shared.miniapp.calls import Call, Reply
from shared.miniapp.mark_words import mark_words
from shared.miniapp.page import Frame, greet, show_gone, show_page
from shared.ports import AppPorts, Record
from shared.texts import plain_text

PAGE = 20
"""Conversations on a page."""
TURNS = 40
"""Turns on a page: one read each."""
NUMBER_DIGITS_MAX = 7


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as it is shown."""

    is_person: bool
    html: str
    """Its words; of an answer with its marks."""
    at: datetime


async def show_talks(ports: AppPorts, call: Call) -> Reply:
    """A page of conversations. Raises UnavailableError."""
    visitor, now = await greet(ports, call), ports.clock.now()
    before = read_instant(call.query.get("before", ""))
    found = await ports.store.find(conversations_of_person(call.user_id, before, PAGE + 1))
    talks = [talk for record in found if (talk := read_talk(record)) is not None]
    has_more = len(found) > PAGE and found[PAGE].fields["changed_at"] > LONG_AGO
    return show_page(
        visitor,
        "talks.html",
        Frame("talks", plain_text(visitor.language, "app-tab-talks"), "" if before is None else "/talks"),
        talks=[talk for talk in talks[:PAGE] if is_there(talk, now)],
        older=f"/talks?before={write_instant(found[PAGE].fields['changed_at'])}" if has_more else "",
    )


async def show_talk(ports: AppPorts, call: Call) -> Reply:
    """A page of one conversation's turns, the newest page first. Raises UnavailableError."""
    visitor = await greet(ports, call)
    talk = await open_talk(ports, call.parameters["talk"], call.user_id)
    if talk is None:
        return show_gone(visitor, "talks")
    last = read_number(call.query.get("to", ""), talk.count)
    numbers = range(max(1, last - TURNS + 1), last + 1)
    turns = await read_turns(ports, talk, numbers)
    title = talk.title or plain_text(visitor.language, "history-untitled")
    frame = Frame("talks", title, "/talks", has_balance=False)
    return show_page(
        visitor,
        "talk.html",
        frame,
        talk=talk,
        turns=turns,
        earlier=f"/talks/{talk.id}?to={numbers[0] - 1}" if numbers and numbers[0] > 1 else "",
        later=f"/talks/{talk.id}?to={min(talk.count, last + TURNS)}" if last < talk.count else "",
    )


async def open_talk(ports: AppPorts, talk_id: str, user_id: int) -> Conversation | None:
    """A conversation of this person, in any chat; None if there is none. Raises UnavailableError."""
    [record] = await ports.store.read([conversation_key(talk_id)]) if is_id(talk_id) else [None]
    talk = None if record is None else read_talk(record)
    is_theirs = talk is not None and talk.user_id == user_id and is_there(talk, ports.clock.now())
    return talk if is_theirs else None


async def read_turns(ports: AppPorts, talk: Conversation, numbers: range) -> list[Said]:
    """The turns of these numbers; those that expired are left out."""
    now = ports.clock.now()
    found = await ports.store.read([message_key(talk, each) for each in numbers]) if numbers else []
    messages = [decode(Message, record.fields) for record in found if record is not None]
    turns = [each for each in messages if each.user_id == talk.user_id and each.expire_at > now]
    return [_show(each) for each in turns]


def _show(turn: Message) -> Said:
    is_person = turn.speaker == "person"
    return Said(is_person, escape(own_words(turn.text)) if is_person else mark_words(turn.text), turn.at)


def read_talk(record: Record) -> Conversation | None:
    """The conversation of a document; None if this release cannot read it."""
    try:
        return decode(Conversation, record.fields)
    except DocumentUnreadableError:
        return None


def read_number(text: str, count: int) -> int:
    """The number of a turn in an address; the last for nonsense."""
    is_number = text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX
    return min(int(text), count) if is_number else count
