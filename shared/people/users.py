"""A user: account, settings and the few marks that order needs, in one document, so that one read and one
precondition cover everything a request depends on.

No mark orders by update ids: Telegram draws them anew after a quiet week, and each bot has its own.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from shared.credits import ledger
from shared.credits.bounds import Conduct, end_of_day, find_personal_rest
from shared.credits.catalogue import (
    COUNTS,
    DAILY_CREDITS,
    MODEL_NAMES,
    RATIOS,
    SIZES,
    WELCOME_CREDITS,
    ModelName,
    Ratio,
    Size,
)
from shared.credits.ledger import Account, Transfer
from shared.people.library import Filling, PromptEntry
from shared.people.links import name_account
from shared.people.manner import Manner, with_choice
from shared.people.speech_settings import SpeechSettings, with_speech_choice
from shared.people.talk import ASK_ABOVE, KEPT_DAYS, TalkSettings, place_of, recent_in

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

MARK_KEPT = timedelta(days=1)
"""How long a mark decides about what was sent before it. Telegram repeats an update for a day."""
ANSWER_KEPT = timedelta(minutes=10)
"""How long the next plain message of a person is taken for the answer to a question of ours."""
PAYLOADS_KEPT = 5
JOINED_KEPT = 20

_RUSSIAN_READERS = frozenset({"ru", "be", "kk", "uk"})
"""Language codes whose speakers are likelier to read Russian than English."""


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """What a picture is made with unless the prompt says otherwise."""

    model: ModelName = "fast"
    ratio: Ratio = "1:1"
    size: Size = "1K"
    count: int = 1
    original: bool = False
    """Send the uncompressed file too."""


@dataclass(frozen=True, slots=True)
class CancelMark:
    """A /cancel: which requests it covers, also those that arrive after it."""

    chat_id: int
    message_id: int
    sent_at: datetime
    """Telegram's time, in whole seconds."""
    received_at: datetime
    """When the webhook got it."""
    is_private: bool
    """A /cancel in the private chat covers every chat, one in a group that group only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """When and where a request was made, for the comparison with a /cancel."""

    chat_id: int
    message_id: int
    received_at: datetime
    sent_at: datetime | None = None
    """Telegram's time of the message; None for a tap, which has none."""
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the next plain message of a person belongs to.

    `draft`: pictures that wait for words, or words that wait for more; `job`: a picture whose *Edit* was pressed;
    `words`: a request of plain words, which a picture sent in the same moment still joins.
    """

    chat_id: int
    thread_id: int | None
    kind: Literal["draft", "job", "words"]
    id: str
    """The draft's, the job's or the request's intent."""
    asked_at: datetime
    message_id: int = 0
    """The last message that belongs to it; 0 where it came of a tap."""
    sent_at: datetime | None = None
    """Telegram's time of that message."""


@dataclass(frozen=True, slots=True)
class User:
    """One person, as Telegram numbers them."""

    id: int
    created_at: datetime
    account: Account = field(default_factory=Account)
    settings: PictureSettings = field(default_factory=PictureSettings)
    language: Language | None = None
    """What the person chose; None: what Telegram says of the client."""
    changed_at: dict[str, datetime] = field(default_factory=dict)
    """For each single-valued choice, when the webhook got the tap that changed it."""
    cancel_marks: dict[str, CancelMark] = field(default_factory=dict)
    """The newest /cancel of each chat, by `place_key`."""
    waiting: Waiting | None = None
    joined: tuple[str, ...] = ()
    """Messages that became part of another request, as `jobs.message_ref` writes them, the newest last."""
    daily_day: str = ""
    """The UTC day of the last free allowance, as YYYY-MM-DD."""
    start_payloads: tuple[str, ...] = ()
    """What the links carried by which this person came, the newest last."""
    mailboxes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Open jobs that are done in their order, by conversation: `shared/jobs/mailbox.py`."""
    talk: TalkSettings = field(default_factory=TalkSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    manner: Manner = field(default_factory=Manner)
    library: tuple[PromptEntry, ...] = ()
    """The person's own prompts, in the order in which they were kept."""
    filling: Filling | None = None
    """A prompt whose variables were asked for."""
    conduct: Conduct = field(default_factory=Conduct)
    """What bounds what this person costs us."""


def new_user(user_id: int, now: datetime) -> tuple[User, Transfer]:
    """A first contact, with the welcome credits."""
    account, transfer = ledger.welcome(name_account(Account(), user_id), user_id, WELCOME_CREDITS, now)
    return User(user_id, now, account, daily_day=_day(now)), transfer


def take_allowance(user: User, now: datetime) -> tuple[User, Transfer] | None:
    """The user with the day's free credits; None where they had them, or need none.

    The account is topped up to DAILY_CREDITS at the first contact of a UTC day, never above: it does not pile up.
    Who owes credits after a refund gets none: a debt is not paid with free credits.
    """
    account = user.account
    missing = DAILY_CREDITS - account.available - account.held
    if user.daily_day >= _day(now) or missing <= 0 or account.available < 0:
        return None
    account, transfer = ledger.grant_allowance(account, user.id, missing, _day(now), now)
    return replace(user, account=account, daily_day=_day(now)), transfer


def next_credits_at(now: datetime) -> datetime:
    """When the next free credits come: at the start of the next UTC day."""
    return end_of_day(now)


def rests_until(user: User, now: datetime) -> datetime | None:
    """Until when this person may start no picture; None where they may."""
    return find_personal_rest(user.conduct, user.account.available + user.account.held, now)


def language_of(user: User | None, language_code: str) -> Language:
    """What to speak: the choice, or else what the client's language suggests."""
    if user is not None and user.language is not None:
        return user.language
    return "ru" if language_code.lower().split("-")[0] in _RUSSIAN_READERS else "en"


def place_key(bot_id: int, chat_id: int) -> str:
    """A chat as one bot sees it: two bots number the messages of one private chat differently."""
    return f"{bot_id}:{chat_id}"


def mark_canceled(user: User, bot_id: int, mark: CancelMark) -> User | None:
    """The user with this /cancel remembered; None where a later one of the same chat is."""
    key = place_key(bot_id, mark.chat_id)
    known = user.cancel_marks.get(key)
    if known is not None and known.message_id >= mark.message_id and _is_fresh(known.received_at, mark.received_at):
        return None
    kept = {name: each for name, each in user.cancel_marks.items() if _is_fresh(each.received_at, mark.received_at)}
    return replace(user, cancel_marks={**kept, key: mark})


def is_covered(user: User, bot_id: int, asked: Asked) -> bool:
    """Whether a /cancel that was sent later than this request is known already."""
    here, private = user.cancel_marks.get(place_key(bot_id, asked.chat_id)), place_key(bot_id, user.id)
    marks = [mark for mark in (here, user.cancel_marks.get(private)) if mark is not None]
    return any(_is_fresh(mark.received_at, asked.received_at) and covers(mark, asked) for mark in marks)


def covers(mark: CancelMark, asked: Asked) -> bool:
    """Whether this /cancel was sent after this request, and means its chat.

    Within a chat message ids decide; between chats Telegram's times; for a tap, when the webhook received it.
    """
    if asked.chat_id != mark.chat_id and not mark.is_private:
        return False
    if asked.sent_at is None:
        return asked.received_at <= mark.received_at
    if asked.chat_id == mark.chat_id:
        return asked.message_id < mark.message_id
    return asked.sent_at <= mark.sent_at


def change_setting(user: User, name: str, value: str, received_at: datetime) -> User | None:
    """The user with one choice changed, or None when it is not a choice, or a later tap made it already.

    Values are absolute ("ratio", "16:9"): taps may come twice and in any order.
    """
    last = user.changed_at.get(name)
    if last is not None and received_at < last and _is_fresh(received_at, last):
        return None
    changed = _with_choice(user, name, value)
    if changed is None:
        return None
    return replace(changed, changed_at={**user.changed_at, name: received_at})


def remember_payload(user: User, payload: str) -> User:
    """The user with the payload of a /start link; the same one is kept once."""
    kept = [each for each in user.start_payloads if each != payload]
    return replace(user, start_payloads=(*kept, payload)[-PAYLOADS_KEPT:])


def remember_joined(user: User, ref: str) -> User:
    """The user with a message that must not be read again on its own."""
    return replace(user, joined=(*user.joined, ref)[-JOINED_KEPT:])


def find_waiting(user: User, chat_id: int, thread_id: int | None, now: datetime) -> Waiting | None:
    """What a plain message in this place may belong to."""
    waiting = user.waiting
    if waiting is None or (waiting.chat_id, waiting.thread_id) != (chat_id, thread_id):
        return None
    return waiting if now - waiting.asked_at <= ANSWER_KEPT else None


def find_filling(user: User, bot_id: int, asked: Asked, now: datetime) -> Filling | None:
    """The prompt whose variables a plain message may say that was sent after our question.

    None where we have asked for something else since, or where the person has.
    """
    filling = user.filling
    if filling is None or (filling.chat_id, filling.thread_id) != (asked.chat_id, asked.thread_id):
        return None
    place = place_of(bot_id, asked.chat_id, asked.thread_id)
    others = [each.at for each in recent_in(user.talk, place, now)]
    others += [] if user.waiting is None else [user.waiting.asked_at]
    is_open = asked.message_id > filling.message_id and all(at < filling.asked_at for at in others)
    return filling if is_open and now - filling.asked_at <= ANSWER_KEPT else None


def _is_fresh(marked_at: datetime, now: datetime) -> bool:
    return now - marked_at < MARK_KEPT


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _with_choice(user: User, name: str, value: str) -> User | None:
    settings = user.settings
    match name:
        case "model" if value in MODEL_NAMES:
            settings = replace(settings, model=value)
        case "ratio" if value in RATIOS:
            settings = replace(settings, ratio=value)
        case "size" if value in SIZES:
            settings = replace(settings, size=value)
        case "count" if value in {str(n) for n in COUNTS}:
            settings = replace(settings, count=int(value))
        case "original" if value in {"on", "off"}:
            settings = replace(settings, original=value == "on")
        case "language":
            return replace(user, language="ru" if value == "ru" else "en") if value in LANGUAGES else None
        case _:
            return _with_talk_choice(user, name, value)
    return replace(user, settings=settings)


def _with_talk_choice(user: User, name: str, value: str) -> User | None:
    """What is chosen of answers: in words, and spoken."""
    match name:
        case "ask_above" if value in {str(n) for n in ASK_ABOVE}:
            return replace(user, talk=replace(user.talk, ask_above=int(value)))
        case "kept_days" if value in {str(n) for n in KEPT_DAYS}:
            return replace(user, talk=replace(user.talk, kept_days=int(value)))
        case "memory" if value in {"on", "off"}:
            return replace(user, talk=replace(user.talk, is_forgetful=value == "off"))
        case _:
            manner, speech = with_choice(user.manner, name, value), with_speech_choice(user.speech, name, value)
            if manner is None and speech is None:
                return None
            return replace(user, manner=manner or user.manner, speech=speech or user.speech)
