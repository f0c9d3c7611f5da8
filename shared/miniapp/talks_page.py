"""Conversations in the app, to read.

GET /talks?before=…    a page, the newest first        GET /talks/{talk}?to=…    its turns up to this one
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from shared.conversations.conversation import LONG_AGO, is_there, own_words
from shared.conversations.conversation_documents import conversations_of_person
from shared.conversations.history_screens import read_instant, write_instant
from shared.conversations.messages import Message
from shared.conversations.read_conversation import decode_conversation, find_conversation, read_messages
from shared.miniapp.calls import Call, Reply
from shared.miniapp.mark_words import mark_words
from shared.miniapp.page import Frame, greet, show_gone, show_page
from shared.ports import AppPorts
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
    talks = [talk for record in found if (talk := decode_conversation(record)) is not None]
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
    talk = await find_conversation(ports, call.user_id, call.parameters["talk"])
    if talk is None:
        return show_gone(visitor, "talks")
    last = read_number(call.query.get("to", ""), talk.count)
    numbers = range(max(1, last - TURNS + 1), last + 1)
    turns = [show_message(each) for each in await read_messages(ports, talk, numbers)]
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


def show_message(turn: Message) -> Said:
    is_person = turn.speaker == "person"
    return Said(is_person, escape(own_words(turn.text)) if is_person else mark_words(turn.text), turn.at)


def read_number(text: str, count: int) -> int:
    """The number of a turn in an address; the last for nonsense."""
    is_number = text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX
    return min(int(text), count) if is_number else count
