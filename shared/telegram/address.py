"""The address of a job on Telegram: the chat, the request, the card, and every message that stands for the job."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.jobs.job import SWEEP_AFTER_SECONDS, Address, Job
from shared.people.users import Asked, Waiting
from shared.ports import Query

TELEGRAM = "telegram"
"""The name of this surface."""
MESSAGES_KEPT = 50
"""Of the messages that show a job the newest; a picture that is deleted and brought back again and again has more."""


@dataclass(frozen=True, slots=True)
class Left:
    """The place in a group that a job had to leave, and the card that still stands there."""

    chat_id: int
    thread_id: int | None
    card_message_id: int | None


@dataclass(frozen=True, slots=True)
class ChatAddress(Address):
    """The place of a job on Telegram."""

    chat_id: int
    thread_id: int | None
    message_id: int
    """The request, which the card replies to; 0 where it is in another chat."""
    is_private: bool
    update_id: int
    card_message_id: int | None = None
    messages: tuple[str, ...] = ()
    """The newest messages that stand for this job, as `message_ref` writes them: a reply to one means this job."""
    rest: tuple[int, ...] = ()
    """The messages that go on with a text which is too long for the card, in their order."""
    left: Left | None = None
    """The group that did not take it: it goes to its owner's private chat."""
    asked_at: datetime | None = None
    """When the webhook got the update that asked for it. None in old documents."""
    sent_at: datetime | None = None
    """Telegram's time of the message that asked for it; None for a tap."""
    prompt_at: datetime | None = None
    """When the webhook got the edit that brought these words."""
    is_reply: bool = False
    """Its card answers what asked for it, in a private conversation too; there it is never seen as a draft."""
    sending_at: datetime | None = None
    """When a worker began to send what has no place that could be edited: nobody knows whether it came."""
    was_asked: bool = False
    """Its card is a question that was answered: *Cancel* stands where the answer stood."""


def chat_of(job: Job) -> ChatAddress:
    """Where a job stands that was asked for on Telegram."""
    assert isinstance(job.address, ChatAddress)
    return job.address


def message_ref(chat_id: int, message_id: int) -> str:
    """A message as one searchable string."""
    return f"{chat_id}:{message_id}"


def read_message_ref(ref: str) -> tuple[int, int]:
    """The chat and the message that `message_ref` wrote."""
    chat_id, message_id = ref.split(":")
    return int(chat_id), int(message_id)


def asked_of(job: Job) -> Asked:
    """When and where this job was asked for."""
    return asked_at(chat_of(job), job.created_at)


def asked_at(address: ChatAddress, otherwise: datetime) -> Asked:
    """The same of an address; `otherwise` is when it was asked for, where that is not written down."""
    asked_at = address.asked_at or otherwise
    return Asked(address.chat_id, address.message_id, asked_at, address.sent_at, address.thread_id)


def with_question(address: ChatAddress, message_id: int) -> ChatAddress:
    """The address with a question of ours that was answered: that message becomes the card."""
    ref = message_ref(address.chat_id, message_id)
    return replace(address, card_message_id=message_id, messages=(ref,), was_asked=True)


def wait_for_pieces(address: ChatAddress, intent: str, asked: Asked) -> Waiting | None:
    """What a message of the same moment may belong to: this request. None for a tap, which waits for nothing."""
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
    """The job with one more message that stands for it, in its own chat or in another."""
    chat = chat_of(job)
    ref = message_ref(chat_id or chat.chat_id, message_id)
    messages = chat.messages if ref in chat.messages else (*chat.messages, ref)
    return replace(job, address=replace(chat, messages=messages[-MESSAGES_KEPT:]))


def show_card(job: Job, card_message_id: int) -> Job:
    """The job with the message that shows it; replies to it, and to earlier ones, mean this job."""
    shown = add_message(job, card_message_id)
    return replace(shown, address=replace(chat_of(shown), card_message_id=card_message_id))


def add_rest(job: Job, message_id: int) -> Job:
    """The job with one more message that goes on where the last one ends."""
    shown = add_message(job, message_id)
    chat = chat_of(shown)
    return replace(shown, address=replace(chat, rest=(*chat.rest, message_id)))


def note_sending(job: Job, at: datetime | None) -> Job:
    """The job whose result is being sent; None: it was certainly not sent."""
    return replace(job, address=replace(chat_of(job), sending_at=at))


def as_in_group(job: Job) -> Job:
    """The job as a group's card shows it: without what concerns its owner alone."""
    return replace(job, address=replace(chat_of(job), is_private=False))


def forget_card(job: Job) -> Job:
    """The job without the messages that show it, which are gone or elsewhere."""
    return replace(job, address=replace(chat_of(job), card_message_id=None, rest=()))


def follow_chat(job: Job, chat_id: int) -> Job:
    """The job where its group has moved: what was sent before cannot be edited or answered there."""
    moved = replace(chat_of(job), chat_id=chat_id, thread_id=None, message_id=0, card_message_id=None, rest=())
    return replace(job, address=moved)


def go_private(job: Job, chat_id: int) -> Job:
    """A group's job in its owner's private chat, because the group did not take it."""
    chat = chat_of(job)
    left = Left(chat.chat_id, chat.thread_id, chat.card_message_id)
    moved = follow_chat(job, chat_id)
    return replace(moved, address=replace(chat_of(moved), is_private=True, left=left))


def fetch(job: Job, chat_id: int, now: datetime) -> Job:
    """A kept picture whose owner came for it: whoever held the job before writes nothing more."""
    moved = job if chat_of(job).is_private else go_private(job, chat_id)
    sweep_at = now + timedelta(seconds=SWEEP_AFTER_SECONDS)
    return replace(moved, fence=job.fence + 1, lease_until=None, not_before=None, sweep_at=sweep_at)


def job_by_message(chat_id: int, message_id: int) -> Query:
    """The job that a message stands for."""
    return Query("jobs", (("messages", "array_contains", message_ref(chat_id, message_id)),), limit=1)
