"""Conversations in the app, to read.

GET /talks?before=…    a page, the newest first        GET /talks/{talk}?to=…    its turns up to this one
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from shared.conversations.conversation import own_words
from shared.conversations.history_screens import read_instant, write_instant
from shared.conversations.messages import Message
from shared.conversations.read_conversation import find_conversation, find_conversations, read_messages
from shared.miniapp.calls import Call, Reply
from shared.miniapp.mark_words import mark_words
from shared.miniapp.page import Frame, greet, show_gone, show_page
from shared.ports import AppPorts
from shared.texts import plain_text

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
    visitor = await greet(ports, call)
    before = read_instant(call.query.get("before", ""))
    page = await find_conversations(ports, call.user_id, before)
    return show_page(
        visitor,
        "talks.html",
        Frame("talks", plain_text(visitor.language, "app-tab-talks"), "" if before is None else "/talks"),
        talks=page.talks,
        older="" if page.following is None else f"/talks?before={write_instant(page.following)}",
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
