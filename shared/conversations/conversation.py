"""A conversation: what one person and the bot have said to each other in one place, the newest at hand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.conversations.attachment import Attachment
from shared.hash_ids import hash_id
from shared.people.talk import number_in
from shared.people.users import User
from shared.providers.talk import Speaker

TURNS_KEPT = 24
CHARACTERS_KEPT = 24_000
"""Of the newest turns: after 10,000 turns a conversation opens as fast as after 10, far below Firestore's 1 MiB."""
KEPT = timedelta(days=90)
TITLE_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said."""

    speaker: Speaker
    text: str
    at: datetime
    job_id: str
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
    title: str = ""
    turns: tuple[Turn, ...] = ()
    """The newest, in their order."""
    count: int = 0
    """All turns that there were."""


def conversation_id(user: User, place: str) -> str:
    """The conversation that this person has there now."""
    return hash_id("conversation", user.id, place, number_in(user.talk, place))


def begin(user_id: int, conversation_id: str, place: str, now: datetime) -> Conversation:
    """One in which nothing was said yet."""
    return Conversation(conversation_id, user_id, place, now, now + KEPT, now)


def add_turns(conversation: Conversation, said: Iterable[Turn], now: datetime) -> Conversation:
    """The conversation with what was said last; the oldest turns make room."""
    added = tuple(said)
    turns = (*conversation.turns, *added)[-TURNS_KEPT:]
    while len(turns) > len(added) and sum(len(turn.text) for turn in turns) > CHARACTERS_KEPT:
        turns = turns[1:]
    title = conversation.title or _title(turns)
    return replace(
        conversation,
        turns=turns,
        count=conversation.count + len(added),
        title=title,
        changed_at=now,
        expire_at=now + KEPT,
    )


def without(conversation: Conversation, job_id: str) -> Conversation:
    """The conversation without what a job said: it is answered anew."""
    return replace(conversation, turns=tuple(turn for turn in conversation.turns if turn.job_id != job_id))


def before(conversation: Conversation, job_id: str) -> tuple[Turn, ...]:
    """What was said before a job's question; all, where that is not at hand."""
    asked = (place for place, turn in enumerate(conversation.turns) if turn.job_id == job_id)
    return conversation.turns[: next(asked, None)]


def _title(turns: Iterable[Turn]) -> str:
    """The first words of the person, on one line."""
    first = next((turn.text for turn in turns if turn.speaker == "person"), "")
    return " ".join(first.split())[:TITLE_CHARACTERS_MAX]
