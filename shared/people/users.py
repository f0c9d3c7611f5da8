"""A user: account, settings and the marks that define order, in one document, so that one read and one precondition
cover everything that a request depends on.

No mark uses update ids for order: Telegram restarts them at random after a quiet week, and each bot has its own.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from shared.credits import ledger
from shared.credits.bounds import Conduct, find_personal_rest
from shared.credits.catalogue import (
    COUNTS,
    MODEL_NAMES,
    RATIOS,
    SIZES,
    WELCOME_CREDITS,
    ModelName,
    Ratio,
    Size,
    is_sold,
)
from shared.credits.ledger import Account, Transfer
from shared.people.api_keys import ApiKey
from shared.people.card_settings import CardSettings
from shared.people.library import Filling, PromptEntry
from shared.people.links import name_account
from shared.people.manner import Manner, with_choice
from shared.people.news import News
from shared.people.perks import Perks
from shared.people.shelves import Gallery
from shared.people.speech_settings import SpeechSettings, with_speech_choice
from shared.people.storage import Storage, with_incognito, with_results_days
from shared.people.subscriptions import Subscriptions
from shared.people.talk import ASK_ABOVE, CONFIRM_ABOVE, KEPT_DAYS, REVIEW_ABOVE, TalkSettings, place_of, recent_in
from shared.people.webhooks import Webhooks

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

MARK_KEPT = timedelta(days=1)
"""How long a mark affects messages that were sent before it. Telegram repeats an update for a day."""
ANSWER_KEPT = timedelta(minutes=10)
"""How long the next plain message of a person counts as the answer to a question of ours."""
PAYLOADS_KEPT = 5
JOINED_KEPT = 20

_RUSSIAN_READERS = frozenset({"ru", "be", "kk", "uk"})
"""Language codes whose speakers more often read Russian than English."""


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """The parameters of pictures unless the prompt says otherwise."""

    model: ModelName = "fast"
    ratio: Ratio = "1:1"
    size: Size = "1K"
    count: int = 1
    original: bool = False
    """Send the uncompressed file too."""


@dataclass(frozen=True, slots=True)
class CancelMark:
    """A /cancel, for deciding which requests it covers, even those that arrive after it."""

    chat_id: int
    message_id: int
    sent_at: datetime
    """Telegram's time, in whole seconds."""
    received_at: datetime
    """When the webhook received it."""
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

    `draft`: pictures that wait for words, also with the review of a video, or words that wait for more; `job`: a
    picture whose *Edit* was pressed, or a video whose *Change* was;
    `words`: a request of plain words, which a picture sent in the same moment still joins.
    """

    chat_id: int
    thread_id: int | None
    kind: Literal["draft", "job", "words"]
    id: str
    """The id of the draft or the job, or the intent of the request."""
    asked_at: datetime
    message_id: int = 0
    """The last message that belongs to it; 0 if it came from a tap. Of a question about a video: its answer."""
    sent_at: datetime | None = None
    """Telegram's time of that message."""
    is_video: bool = False
    """The job made a video, or the draft is the review of one."""


@dataclass(frozen=True, slots=True)
class User:
    """One person, identified by Telegram's user id."""

    id: int
    created_at: datetime
    account: Account = field(default_factory=Account)
    settings: PictureSettings = field(default_factory=PictureSettings)
    language: Language | None = None
    """The person's choice; None: the client's language as Telegram reports it."""
    changed_at: dict[str, datetime] = field(default_factory=dict)
    """For each single-valued choice, when the webhook received the tap that changed it."""
    cancel_marks: dict[str, CancelMark] = field(default_factory=dict)
    """The newest /cancel of each chat, by `place_key`."""
    waiting: Waiting | None = None
    joined: tuple[str, ...] = ()
    """Messages that became part of another request, as `jobs.message_ref` writes them, the newest last."""
    daily_day: str = ""
    """The day of the last free allowance in `daily_zone`, as YYYY-MM-DD."""
    daily_zone: str = ""
    """Empty: UTC."""
    start_payloads: tuple[str, ...] = ()
    """The payloads of the /start links that this person opened, the newest last."""
    mailboxes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The open jobs of each conversation, in their order: `shared/jobs/mailbox.py`."""
    talk: TalkSettings = field(default_factory=TalkSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    manner: Manner = field(default_factory=Manner)
    library: tuple[PromptEntry, ...] = ()
    """The person's own prompts, in the order in which they were stored."""
    gallery: Gallery = field(default_factory=Gallery)
    filling: Filling | None = None
    """A prompt for whose variables the bot has asked."""
    conduct: Conduct = field(default_factory=Conduct)
    """The counters that bound our cost for this person."""
    card: CardSettings = field(default_factory=CardSettings)
    perks: Perks = field(default_factory=Perks)
    """Promo codes, invitations and gifts."""
    news: News = field(default_factory=News)
    """Whether the operators' broadcasts go to this person."""
    subscriptions: Subscriptions = ()
    """In the order in which they began."""
    unpaid_order: str = ""
    """The intent of the order that begins once credits are bought; empty: none waits."""
    signed_out_at: datetime | None = None
    """Sessions of the Mini App from before have ended."""
    exported_day: str = ""
    """The UTC day of the last export of all their data, as YYYY-MM-DD."""
    csv_sent_at: datetime | None = None
    """When all their transfers were last sent as a file; written before each send."""
    support_until: datetime | None = None
    """Until then the person's messages are for the operators; None: they have never written to them."""
    support_from: datetime | None = None
    """Since when."""
    is_told_low: bool = False
    """A result has said that few credits are left; until there are enough again, nothing says it any more."""
    erased_as: int = 0
    """While the person is being erased: the number under which their books go on. Of a nobody that is not complete
    yet, its own number."""
    storage: Storage = field(default_factory=Storage)
    """How long requests and results are kept, and whether they are incognito."""
    has_come_back: bool = False
    """Was erased before: had the welcome credits then."""
    api_keys: tuple[ApiKey, ...] = ()
    """The keys of the person's programs, in the order in which they were made."""
    webhooks: Webhooks = ()
    """Where the programs of these keys are told of their jobs."""


def new_user(user_id: int, now: datetime) -> tuple[User, Transfer]:
    """A new user, with the transfer of the welcome credits."""
    account, transfer = ledger.welcome(name_account(Account(), user_id), user_id, WELCOME_CREDITS, now)
    return User(user_id, now, account, daily_day=_day(now)), transfer


def returned_user(user_id: int, now: datetime) -> User:
    """A new user without welcome credits: somebody who was erased and comes back, or a nobody."""
    return User(user_id, now, name_account(Account(), user_id), daily_day=_day(now), has_come_back=True)


def with_subscriptions(user: User, subscriptions: Subscriptions) -> User:
    """The user with these subscriptions."""
    return replace(user, subscriptions=subscriptions)


def rests_until(user: User, now: datetime) -> datetime | None:
    """Until when this person may not start a picture; None if they may."""
    return find_personal_rest(user.conduct, user.account.available + user.account.held, now)


def language_of(user: User | None, language_code: str) -> Language:
    """The bot's language: the person's choice, or else the one that the client's language suggests.

    Where nobody's client speaks, as at night, `language_code` is empty: then it is the language of the last answer.
    """
    if user is not None and user.language is not None:
        return user.language
    code = language_code or ("" if user is None else user.news.language)
    return "ru" if code.lower().split("-")[0] in _RUSSIAN_READERS else "en"


def place_key(bot_id: int, chat_id: int) -> str:
    """The key of a chat as one bot sees it: two bots number the messages of one private chat differently."""
    return f"{bot_id}:{chat_id}"


def mark_canceled(user: User, bot_id: int, mark: CancelMark) -> User | None:
    """The user with this /cancel; None if a later one of the same chat is known."""
    key = place_key(bot_id, mark.chat_id)
    known = user.cancel_marks.get(key)
    if known is not None and known.message_id >= mark.message_id and _is_fresh(known.received_at, mark.received_at):
        return None
    kept = {name: each for name, each in user.cancel_marks.items() if _is_fresh(each.received_at, mark.received_at)}
    return replace(user, cancel_marks={**kept, key: mark})


def is_covered(user: User, bot_id: int, asked: Asked) -> bool:
    """Whether a known /cancel covers this request."""
    here, private = user.cancel_marks.get(place_key(bot_id, asked.chat_id)), place_key(bot_id, user.id)
    marks = [mark for mark in (here, user.cancel_marks.get(private)) if mark is not None]
    return any(_is_fresh(mark.received_at, asked.received_at) and covers(mark, asked) for mark in marks)


def covers(mark: CancelMark, asked: Asked) -> bool:
    """Whether this /cancel was sent after this request and concerns its chat.

    Message ids decide within a chat, Telegram's times between chats, and the webhook's time of receipt for a tap.
    """
    if asked.chat_id != mark.chat_id and not mark.is_private:
        return False
    if asked.sent_at is None:
        return asked.received_at <= mark.received_at
    if asked.chat_id == mark.chat_id:
        return asked.message_id < mark.message_id
    return asked.sent_at <= mark.sent_at


def change_setting(user: User, name: str, value: str, received_at: datetime) -> User | None:
    """The user with one choice changed; None if the choice is invalid or a later tap changed it already.

    Values are absolute ("ratio", "16:9"), because taps may arrive twice and in any order.
    """
    last = user.changed_at.get(name)
    if last is not None and received_at < last and _is_fresh(received_at, last):
        return None
    changed = _with_choice(user, name, value) if name != "incognito" else _with_incognito(user, value, received_at)
    if changed is None:
        return None
    return replace(changed, changed_at={**user.changed_at, name: received_at})


def remember_payload(user: User, payload: str) -> User:
    """The user with the payload of a /start link, stored once."""
    kept = [each for each in user.start_payloads if each != payload]
    return replace(user, start_payloads=(*kept, payload)[-PAYLOADS_KEPT:])


def remember_joined(user: User, ref: str) -> User:
    """The user with a message that became part of another request and must not be handled again on its own."""
    return replace(user, joined=(*user.joined, ref)[-JOINED_KEPT:])


def find_waiting(
    user: User, chat_id: int, thread_id: int | None, now: datetime, kept: timedelta = ANSWER_KEPT
) -> Waiting | None:
    """What a plain message in this place may belong to; `kept`: for how long after our question."""
    waiting = user.waiting
    if waiting is None or (waiting.chat_id, waiting.thread_id) != (chat_id, thread_id):
        return None
    return waiting if now - waiting.asked_at <= kept else None


def find_filling(user: User, bot_id: int, asked: Asked, now: datetime) -> Filling | None:
    """The prompt for whose variables a plain message, sent after our question, may give values.

    None if since then the bot has asked another question, or the person has requested something else.
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


def with_sold_model(user: User, sellers: frozenset[str]) -> User:
    """The user with the default model in place of one that is not on offer here (any more)."""
    if is_sold(user.settings.model, sellers):
        return user
    return replace(user, settings=replace(user.settings, model=PictureSettings().model))


def with_first_model(user: User, model: str, sellers: frozenset[str]) -> User:
    """A new user with the model that operators have chosen for new people; unchanged for one that is not sold here."""
    chosen = next((each for each in MODEL_NAMES if each == model and is_sold(each, sellers)), None)
    return user if chosen is None else replace(user, settings=replace(user.settings, model=chosen))


def _with_incognito(user: User, value: str, at: datetime) -> User | None:
    storage = with_incognito(user.storage, value, at)
    return None if storage is None else replace(user, storage=storage)


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
        case "news" if value in {"on", "off"}:
            return replace(user, news=replace(user.news, is_off=value == "off"))
        case "results_days":
            storage = with_results_days(user.storage, value)
            return None if storage is None else replace(user, storage=storage)
        case "language":
            return replace(user, language="ru" if value == "ru" else "en") if value in LANGUAGES else None
        case _:
            return _with_talk_choice(user, name, value)
    return replace(user, settings=settings)


def _with_talk_choice(user: User, name: str, value: str) -> User | None:
    """The user with a changed choice about answers or speech; None if the choice is invalid."""
    match name:
        case "ask_above" if value in {str(n) for n in ASK_ABOVE}:
            return replace(user, talk=replace(user.talk, ask_above=int(value)))
        case "review_above" if value in {str(n) for n in REVIEW_ABOVE}:
            return replace(user, talk=replace(user.talk, review_above=int(value)))
        case "confirm_above" if value in {str(n) for n in CONFIRM_ABOVE}:
            return replace(user, talk=replace(user.talk, confirm_above=int(value)))
        case "kept_days" if value in {str(n) for n in KEPT_DAYS}:
            return replace(user, talk=replace(user.talk, kept_days=int(value)))
        case "memory" if value in {"on", "off"}:
            return replace(user, talk=replace(user.talk, is_forgetful=value == "off"))
        case _:
            manner, speech = with_choice(user.manner, name, value), with_speech_choice(user.speech, name, value)
            if manner is None and speech is None:
                return None
            return replace(user, manner=manner or user.manner, speech=speech or user.speech)
