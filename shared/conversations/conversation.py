"""A conversation: what one person and the bot have said to each other in one place, the newest at hand.

    conversations/<id>     title, times, summary, the newest turns     one read, however long it is
    messages/<hash>        one turn, numbered from 1                   for history and export only

What leaves the newest turns is told in the summary (`summary.py`).
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
"""Of the newest turns: after 10,000 turns a conversation opens as fast as after 10, far below Firestore's 1 MiB.

Older ones are usually in the summary long before; where no summary could be made they are dropped.
"""
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When what is kept until it is deleted would be."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When one that was deleted was changed: it stands behind all others."""
TITLE_CHARACTERS_MAX = 60
_SENTENCE = re.compile(r"(.{12,}?[.!?…])\s")
_QUOTATION = re.compile(r"\A<quoted>(.*?)</quoted>\n?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said."""

    speaker: Speaker
    text: str
    at: datetime
    job_id: str
    number: int = 0
    """Its place among all turns of the conversation, from 1; 0 in documents from before messages were kept."""
    files: tuple[Attachment, ...] = ()
    """What the person showed with it."""


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
    """When something was said last: a conversation that goes on no more ended then."""
    title: str = ""
    turns: tuple[Turn, ...] = ()
    """The newest, in their order."""
    count: int = 0
    """All turns that there were."""
    summary: str = ""
    """What was said before `turns`, in short; a model wrote it."""
    deleted_at: datetime | None = None
    """When its person deleted it; from then on nothing is added."""
    erased: int = 0
    """So many of its messages are erased since."""


def conversation_id(user: User, place: str) -> str:
    """The conversation that this person has there now."""
    return chosen_in(user.talk, place) or hash_id("conversation", user.id, place, number_in(user.talk, place))


def lent_conversation_id(user: User, place: str) -> str:
    """The one with the role of somebody else that the person tries there: it is told nothing of the others."""
    number = number_in(user.talk, place)
    return hash_id("conversation", user.id, place, number, "lent", user.manner.lent)


def begin(user_id: int, conversation_id: str, place: str, now: datetime) -> Conversation:
    """One in which nothing was said yet."""
    return Conversation(conversation_id, user_id, place, now, keep_until(now, DEFAULT_KEPT_DAYS), now)


def keep_until(now: datetime, kept_days: int) -> datetime:
    """When what is said now expires."""
    return now + timedelta(days=kept_days) if kept_days else FOREVER


def is_there(conversation: Conversation, now: datetime) -> bool:
    """Whether its person can still see it; the store deletes late."""
    return conversation.deleted_at is None and conversation.expire_at > now


def add_turns(
    conversation: Conversation, said: Iterable[Turn], now: datetime, kept_days: int = DEFAULT_KEPT_DAYS
) -> Conversation:
    """The conversation with what was said last, numbered; the oldest turns make room."""
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
    """Without the oldest question and its answer."""
    return tuple(turn for turn in turns if turn.job_id != turns[0].job_id)


def without(conversation: Conversation, job_id: str) -> Conversation:
    """The conversation without what a job said: it is answered anew."""
    return replace(conversation, turns=tuple(turn for turn in conversation.turns if turn.job_id != job_id))


def before(conversation: Conversation, job_id: str) -> tuple[Turn, ...]:
    """What was said before a job's question; all, where that is not at hand."""
    asked = (place for place, turn in enumerate(conversation.turns) if turn.job_id == job_id)
    return conversation.turns[: next(asked, None)]


def tidy_title(words: str) -> str:
    """A title of somebody's words: the first sentence on one line, cut at a word."""
    line = _on_one_line(words)
    sentence = _SENTENCE.match(line)
    return tidy_name(line if sentence is None else sentence[1])


def tidy_name(words: str) -> str:
    """A title that somebody chose: on one line, cut at a word."""
    line = _on_one_line(words)
    if len(line) <= TITLE_CHARACTERS_MAX:
        return line
    cut = line[: TITLE_CHARACTERS_MAX - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[TITLE_CHARACTERS_MAX // 2 :] else cut) + "…"


def _on_one_line(words: str) -> str:
    """Without what would mark it up."""
    return " ".join(words.replace("`", "").replace("*", "").split()).strip("#>-• ")


def _length(turns: tuple[Turn, ...]) -> int:
    return sum(len(turn.text) for turn in turns)


def _title(turns: Iterable[Turn]) -> str:
    """Of the person's first words: no model is asked for it."""
    return tidy_title(next((own_words(turn.text) for turn in turns if turn.speaker == "person"), ""))


def own_words(text: str) -> str:
    """What a person said besides a quotation; where there is nothing else, what they quoted."""
    return _QUOTATION.sub("", text) or _QUOTATION.sub(r"\1", text)
