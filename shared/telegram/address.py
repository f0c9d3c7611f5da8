"""The address of a job on Telegram: the chat, the requesting message, the card, and all messages that show the job."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.credits.wallet import wallet_id_of
from shared.jobs.job import SWEEP_AFTER_SECONDS, Address, Job
from shared.people.users import Asked, Waiting
from shared.ports import Query

TELEGRAM = "telegram"
"""The name of this surface."""
MESSAGES_KEPT = 50
"""How many messages of a job are stored: the newest. A picture that is often deleted and restored has more."""


@dataclass(frozen=True, slots=True)
class Left:
    """The place in a group that a job had to leave, and the card that is still there."""

    chat_id: int
    thread_id: int | None
    card_message_id: int | None


@dataclass(frozen=True, slots=True)
class ChatAddress(Address):
    """The place of a job on Telegram."""

    chat_id: int
    thread_id: int | None
    message_id: int
    """The requesting message, to which the card replies; 0 if it is in another chat."""
    is_private: bool
    update_id: int
    card_message_id: int | None = None
    messages: tuple[str, ...] = ()
    """The newest messages that show this job, written by `message_ref`: a reply to one of them refers to this job."""
    rest: tuple[int, ...] = ()
    """The further messages of a text that is too long for the card, in their order."""
    left: Left | None = None
    """The group that refused it, so that it moved to its owner's private chat."""
    asked_at: datetime | None = None
    """When the webhook received the requesting update. None in old documents."""
    sent_at: datetime | None = None
    """Telegram's time of the requesting message; None for a tap."""
    prompt_at: datetime | None = None
    """When the webhook received the edit with the current words."""
    is_reply: bool = False
    """Its card replies to the requesting message even in a private chat, where the job never shows a draft."""
    sending_at: datetime | None = None
    """When a worker began to send a result that no edit can create: it may have arrived or not."""
    shown_again_at: datetime | None = None
    """When the result was last sent again from the gallery; written before each send."""
    was_asked: bool = False
    """Its card was a question of ours: *Cancel* is in the place of the pressed button."""
    batch: str = ""
    """The intent of a batch, whose jobs are `job_id_of(batch, number)`: this one has no card until its end."""
    batch_card: int | None = None
    """The message that shows how far the whole batch is."""
    is_told: bool = False
    """In the first job of a batch: its card says how all of it ended."""
    album_at: datetime | None = None
    """In the first job of a batch: when all its pictures were last sent as an album."""
    album: tuple[int, ...] = ()
    """In the first job of a batch: the messages of its album, one for each job, in their order."""
    file_album: tuple[int, ...] = ()
    """In the first job of a batch: the messages of the album of its files, where its person wants them too."""
    in_album: bool = False
    """The card is this job's message in the album of its batch: a photo, which has no buttons."""
    file_message_id: int | None = None
    """This job's message in the album of files."""


def chat_of(job: Job) -> ChatAddress:
    """The address of a job on Telegram."""
    assert isinstance(job.address, ChatAddress)
    return job.address


def wallet_at(address: ChatAddress) -> str:
    """The wallet of the group of this address; empty in a private chat."""
    return "" if address.is_private else wallet_id_of(address.chat_id)


def message_ref(chat_id: int, message_id: int) -> str:
    """The id of a message as one string for queries."""
    return f"{chat_id}:{message_id}"


def read_message_ref(ref: str) -> tuple[int, int]:
    """The chat id and the message id in a string by `message_ref`."""
    chat_id, message_id = ref.split(":")
    return int(chat_id), int(message_id)


def asked_of(job: Job) -> Asked:
    """When and where this job was requested."""
    return asked_at(chat_of(job), job.created_at)


def asked_at(address: ChatAddress, otherwise: datetime) -> Asked:
    """When and where the job of this address was requested; `otherwise` is the time if none is stored."""
    asked_at = address.asked_at or otherwise
    return Asked(address.chat_id, address.message_id, asked_at, address.sent_at, address.thread_id)


def with_question(address: ChatAddress, message_id: int) -> ChatAddress:
    """The address with an answered question of ours, whose message becomes the card."""
    ref = message_ref(address.chat_id, message_id)
    return replace(address, card_message_id=message_id, messages=(ref,), was_asked=True)


def wait_for_pieces(address: ChatAddress, intent: str, asked: Asked) -> Waiting | None:
    """The mark that lets a message of the same moment join this request; None for a tap."""
    if address.sent_at is None:
        return None
    return Waiting(
        chat_id=address.chat_id,
        thread_id=address.thread_id,
        kind="words",
        id=intent,
        asked_at=asked.received_at,
        message_id=address.message_id,
        sent_at=address.sent_at,
    )


def add_message(job: Job, message_id: int, chat_id: int | None = None) -> Job:
    """The job with one more message that shows it, in its own chat or in another."""
    chat = chat_of(job)
    ref = message_ref(chat_id or chat.chat_id, message_id)
    messages = chat.messages if ref in chat.messages else (*chat.messages, ref)
    return replace(job, address=replace(chat, messages=messages[-MESSAGES_KEPT:]))


def show_card(job: Job, card_message_id: int) -> Job:
    """The job with this card; replies to it, and to earlier cards, refer to this job."""
    shown = add_message(job, card_message_id)
    return replace(shown, address=replace(chat_of(shown), card_message_id=card_message_id, in_album=False))


def show_in_album(job: Job, message_id: int, file_message_id: int | None) -> Job:
    """The job with its message in the album of its batch as its card, and with the one for its file."""
    shown = show_card(job if file_message_id is None else add_message(job, file_message_id), message_id)
    return replace(shown, address=replace(chat_of(shown), in_album=True, file_message_id=file_message_id))


def note_album(job: Job, message_ids: tuple[int, ...]) -> Job:
    """The first job of a batch with the messages of its album."""
    return replace(job, address=replace(chat_of(job), album=message_ids))


def note_file_album(job: Job, message_ids: tuple[int, ...]) -> Job:
    """The same with those of its album of files."""
    return replace(job, address=replace(chat_of(job), file_album=message_ids))


def add_rest(job: Job, message_id: int) -> Job:
    """The job with one more message that continues its text."""
    shown = add_message(job, message_id)
    chat = chat_of(shown)
    return replace(shown, address=replace(chat, rest=(*chat.rest, message_id)))


def note_sending(job: Job, at: datetime | None) -> Job:
    """The job with the time at which its result is being sent; None: it was certainly not sent."""
    return replace(job, address=replace(chat_of(job), sending_at=at))


def as_in_group(job: Job) -> Job:
    """The job as a group's card shows it, without its owner's private data."""
    return replace(job, address=replace(chat_of(job), is_private=False))


def forget_card(job: Job) -> Job:
    """The job without a card, which is gone or elsewhere."""
    return replace(job, address=replace(chat_of(job), card_message_id=None, rest=(), in_album=False))


def follow_chat(job: Job, chat_id: int) -> Job:
    """The job in the chat to which its group migrated; earlier messages cannot be edited or replied to there."""
    moved = replace(chat_of(job), chat_id=chat_id, thread_id=None, message_id=0, card_message_id=None, rest=())
    return replace(job, address=moved)


def go_private(job: Job, chat_id: int) -> Job:
    """A group's job in its owner's private chat, because the group refused it."""
    chat = chat_of(job)
    left = Left(chat.chat_id, chat.thread_id, chat.card_message_id)
    moved = follow_chat(job, chat_id)
    return replace(moved, address=replace(chat_of(moved), is_private=True, left=left))


def fetch(job: Job, chat_id: int, now: datetime) -> Job:
    """A kept picture whose owner requests it; the raised fence stops an earlier holder of the job."""
    moved = job if chat_of(job).is_private else go_private(job, chat_id)
    sweep_at = now + timedelta(seconds=SWEEP_AFTER_SECONDS)
    return replace(moved, fence=job.fence + 1, lease_until=None, not_before=None, sweep_at=sweep_at)


def job_by_message(chat_id: int, message_id: int) -> Query:
    """The query for the job that a message shows."""
    return Query("jobs", (("messages", "array_contains", message_ref(chat_id, message_id)),), limit=1)
