"""A conversation of one person with the bot in one place; the newest turns are in its document.

    conversations/<id>     title, times, summary, the newest turns     one read, however long it is
    messages/<hash>        one turn, numbered from 1                   for history and export only

The summary covers the turns that are no longer in the document (`summary.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from shared.conversations.attachment import Attachment
from shared.hash_ids import hash_id
from shared.people.talk import DEFAULT_KEPT_DAYS, chosen_in, number_in
from shared.people.users import User
from shared.providers.talk import Speaker

TURNS_KEPT = 40
CHARACTERS_KEPT = 32_000
"""The size of the newest turns, far below Firestore's 1 MiB: a conversation of 10,000 turns opens as fast as one of 10.

Older turns are usually in the summary long before. If no summary could be made, they are dropped.
"""
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The expiry date of data that is kept until the person deletes it."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""The `changed_at` of a deleted conversation, which sorts it behind all others."""
TITLE_CHARACTERS_MAX = 60
_SENTENCE = re.compile(r"(.{12,}?[.!?…])\s")
_QUOTATION = re.compile(r"\A<quoted>(.*?)</quoted>\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question or answer."""

    speaker: Speaker
    text: str
    at: datetime
    job_id: str
    number: int = 0
    """Its position among all turns of the conversation, from 1; 0 in documents older than the messages."""
    files: tuple[Attachment, ...] = ()
    """The files that the person sent with it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """See the module's docstring."""

    id: str
    user_id: int
    place: str
    """The chat or topic, as `place_of` writes it."""
    started_at: datetime
    expire_at: datetime
    changed_at: datetime
    """The time of the last turn."""
    title: str = ""
    turns: tuple[Turn, ...] = ()
    """The newest turns, in their order."""
    count: int = 0
    """The number of all turns so far."""
    summary: str = ""
    """A summary of the turns before `turns`, written by a model."""
    deleted_at: datetime | None = None
    """When the person deleted it; nothing is added afterwards."""
    erased: int = 0
    """How many of its messages have been erased since."""


def conversation_id(user: User, place: str) -> str:
    """The id of this person's current conversation in a place."""
    return chosen_in(user.talk, place) or hash_id("conversation", user.id, place, number_in(user.talk, place))


def lent_conversation_id(user: User, place: str) -> str:
    """The id of the conversation under a lent role in this place; it is isolated from the other conversations."""
    number = number_in(user.talk, place)
    return hash_id("conversation", user.id, place, number, "lent", user.manner.lent)


def incognito_conversation_id(user: User, place: str) -> str:
    """The id of a conversation that is never stored."""
    return hash_id("conversation", user.id, place, "incognito")


def begin(user_id: int, conversation_id: str, place: str, now: datetime) -> Conversation:
    """A new, empty conversation."""
    return Conversation(conversation_id, user_id, place, now, keep_until(now, DEFAULT_KEPT_DAYS), now)


def keep_until(now: datetime, kept_days: int) -> datetime:
    """When a turn of now expires."""
    return now + timedelta(days=kept_days) if kept_days else FOREVER


def is_there(conversation: Conversation, now: datetime) -> bool:
    """Whether the person can still see it: the store deletes expired documents late."""
    return conversation.deleted_at is None and conversation.expire_at > now


def add_turns(
    conversation: Conversation, said: Iterable[Turn], now: datetime, kept_days: int = DEFAULT_KEPT_DAYS
) -> Conversation:
    """The conversation with new turns, numbered; the oldest turns are dropped if there is no room."""
    added = tuple(replace(turn, number=conversation.count + n) for n, turn in enumerate(said, 1))
    turns = (*conversation.turns, *added)
    while len(turns) > len(added) and (len(turns) > TURNS_KEPT or _length(turns) > CHARACTERS_KEPT):
        turns = drop_oldest(turns)
    title = conversation.title or _title(turns)
    return replace(
        conversation,
        turns=turns,
        count=conversation.count + len(added),
        title=title,
        changed_at=now,
        expire_at=keep_until(now, kept_days),
    )


def drop_oldest(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The turns without the oldest question and its answer."""
    return tuple(turn for turn in turns if turn.job_id != turns[0].job_id)


def without(conversation: Conversation, job_id: str) -> Conversation:
    """The conversation without the turns of a job that is answered again."""
    return replace(conversation, turns=tuple(turn for turn in conversation.turns if turn.job_id != job_id))


def before(conversation: Conversation, job_id: str) -> tuple[Turn, ...]:
    """The turns before a job's question; all turns if the question is not among them."""
    asked = (place for place, turn in enumerate(conversation.turns) if turn.job_id == job_id)
    return conversation.turns[: next(asked, None)]


def tidy_title(words: str) -> str:
    """A title made from a question: its first sentence on one line, cut at a word."""
    line = _on_one_line(words)
    sentence = _SENTENCE.match(line)
    return tidy_name(line if sentence is None else sentence[1])


def tidy_name(words: str) -> str:
    """A title that the person chose, on one line, cut at a word."""
    line = _on_one_line(words)
    if len(line) <= TITLE_CHARACTERS_MAX:
        return line
    cut = line[: TITLE_CHARACTERS_MAX - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[TITLE_CHARACTERS_MAX // 2 :] else cut) + "…"


def _on_one_line(words: str) -> str:
    """The words on one line, without characters that would be read as markup."""
    return " ".join(words.replace("`", "").replace("*", "").split()).strip("#>-• ")


def _length(turns: tuple[Turn, ...]) -> int:
    return sum(len(turn.text) for turn in turns)


def _title(turns: Iterable[Turn]) -> str:
    """The title, made from the person's first words without a model."""
    return tidy_title(next((own_words(turn.text) for turn in turns if turn.speaker == "person"), ""))


def own_words(text: str) -> str:
    """The person's words without the quotation; only if there are none, the quotation."""
    return _QUOTATION.sub("", text) or _QUOTATION.sub(r"\1", text)
