"""What people see in the local Telegram, compared with what is stored."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from shared.jobs.identity import album_intent, job_id_of, message_intent, query_key, update_key
from shared.jobs.job import Job, JobState
from shared.pictures.cards import card
from shared.pictures.picture import artefacts_of, is_picture, request_of
from shared.telegram.address import chat_of, message_ref
from tests.e2e.books import Books
from tests.e2e.crowd import Crowd
from tests.e2e.people import Json, Telegram, job_id_of_card, read_words

NEAR = 8
STATEMENT = re.compile(r"credits-[\d-]+\.csv")
"""The statement of one's credits as a file, beside which the bot sends originals alone."""
LEAVES_NO_MARK = {"stopped_message_generation", "pre_checkout_query"}
"""*Stop* at a draft may be heeded as often as it comes; the webhook itself answers whether a payment may be made."""


@dataclass(frozen=True)
class Chats:
    """All messages by chat and id, and the inbox marks that the updates must leave which the bot accepted."""

    messages: dict[int, dict[int, Json]]
    marks: dict[str, int]
    """The id of the update by the mark."""
    bot_id: int
    wishes: dict[str, tuple[int, int]]
    """The chat and the message that an update brought, by its mark."""


async def read_chats(telegram: Telegram, bot_id: int) -> Chats:
    """Everything that is seen now."""
    chats = {chat_id: await telegram.messages(chat_id) for chat_id in await telegram.chat_ids()}
    accepted = [entry for entry in await telegram.deliveries() if entry["status"] == "accepted"]
    return Chats(
        {chat_id: {each["message_id"]: each for each in messages} for chat_id, messages in chats.items()},
        {
            _mark_of(entry["update"], bot_id): entry["update"]["update_id"]
            for entry in accepted
            if not LEAVES_NO_MARK & entry["update"].keys()
        },
        bot_id,
        {
            _mark_of(entry["update"], bot_id): (message["chat"]["id"], message["message_id"])
            for entry in accepted
            for name in ("message", "edited_message")
            if (message := entry["update"].get(name)) is not None
        },
    )


def _mark_of(update: Json, bot_id: int) -> str:
    """A tap may come under several update ids, but has one query id."""
    query = update.get("callback_query")
    return update_key(bot_id, update["update_id"]) if query is None else query_key(bot_id, query["id"])


def find_wrong_chats(books: Books, chats: Chats, crowd: Crowd) -> list[str]:
    """Everything lost, shown twice, or shown otherwise than it is stored."""
    return [
        *_find_lost(books, chats, crowd),
        *_find_double_pictures(books, chats),
        *_find_double_documents(books, chats, crowd),
        *_find_wrong_cards(books, chats),
        *_find_broken_albums(books, chats, crowd),
        *_find_unwanted(books, crowd),
    ]


def count_stray_cards(books: Books, chats: Chats) -> int:
    """Text cards of jobs that know nothing of them: a crash between sending and writing down leaves one."""
    known = {ref for job in books.jobs.values() for ref in chat_of(job).messages}
    cards = [
        message_ref(chat_id, message_id)
        for chat_id, messages in chats.messages.items()
        for message_id, message in messages.items()
        if message["from"]["is_bot"] and job_id_of_card(message)
    ]
    return len([ref for ref in cards if ref not in known])


def _find_lost(books: Books, chats: Chats, crowd: Crowd) -> Iterator[str]:
    """Every update left its mark, and every wish became a job or an answer."""
    lost = [update_id for mark, update_id in chats.marks.items() if mark not in books.inbox]
    yield from (f"lost: update {update_id}" for update_id in lost)
    answered = {
        (chat_id, message["reply_to_message"]["message_id"])
        for chat_id, messages in chats.messages.items()
        for message in messages.values()
        if message["from"]["is_bot"] and "reply_to_message" in message
    }
    joined = {ref for user in books.users.values() for ref in user.joined}
    for wish in crowd.asked - answered:
        if message_ref(*wish) in joined:
            continue  # it became part of another request
        if job_id_of(message_intent(chats.bot_id, *wish), 1) not in books.jobs:
            known = _tell(books, chats, wish)
            yield f"lost: message {wish[1]} in chat {wish[0]} has neither a job nor an answer: {known}"


def _tell(books: Books, chats: Chats, wish: tuple[int, int]) -> str:
    """What is known of a lost message: its words, its marks in the inbox, its draft, what was said near it."""
    chat_id, message_id = wish
    message = chats.messages[chat_id].get(message_id, {})
    marks = {mark: books.inbox.get(mark) for mark, each in chats.wishes.items() if each == wish}
    draft = books.drafts.get(message_intent(chats.bot_id, chat_id, message_id))
    near = [(n, read_words(m)[:60]) for n, m in chats.messages[chat_id].items() if abs(n - message_id) <= NEAR]
    return f"{message}, {marks}, {draft}, {near}, {books.users.get(chat_id)}"


def _find_double_pictures(books: Books, chats: Chats) -> Iterator[str]:
    """Each photo of the bot is the one picture of one job."""
    owners = {ref: job.id for job in books.jobs.values() for ref in chat_of(job).messages}
    photos = [
        message_ref(chat_id, message_id)
        for chat_id, messages in chats.messages.items()
        for message_id, message in messages.items()
        if message["from"]["is_bot"] and "sender_chat" not in message and "photo" in message
    ]
    yield from (f"photo {ref} belongs to no job" for ref in photos if ref not in owners)
    shown = Counter(owners.get(ref, "") for ref in photos)
    yield from (f"job {job_id} is shown {count} times" for job_id, count in shown.items() if job_id and count > 1)


def _find_double_documents(books: Books, chats: Chats, crowd: Crowd) -> Iterator[str]:
    """An original is sent at most once per press, and once by the setting."""
    names = [
        message["document"]["file_name"]
        for messages in chats.messages.values()
        for message in messages.values()
        if message["from"]["is_bot"] and "document" in message
    ]
    originals = [name for name in names if not STATEMENT.fullmatch(name)]
    for job_id, count in Counter(name.removeprefix("nanobanana-").partition(".")[0] for name in originals).items():
        allowed = int(request_of(books.jobs[job_id]).original) + crowd.originals[job_id]
        if count > allowed:
            yield f"job {job_id}: {count} documents sent, {allowed} asked for"


def _find_wrong_cards(books: Books, chats: Chats) -> Iterator[str]:
    """A delivered picture is visible as a photo; a job that ended without one says why."""
    for job in _list_pictures(books):
        message = chats.messages[chat_of(job).chat_id].get(chat_of(job).card_message_id or 0)
        is_delivered = job.state is JobState.DELIVERED
        if job.deleted_at is not None:
            continue
        if message is None:
            if is_delivered:
                yield f"job {job.id} is delivered, its card is gone"
        elif is_delivered != ("photo" in message):
            yield f"job {job.id} is {job.state}, its card says {read_words(message)!r}"
        elif not is_delivered and not _says_end(job, read_words(message)):
            yield f"job {job.id} is {job.state} ({job.failure}), its card says {read_words(message)!r}"


def _list_pictures(books: Books) -> list[Job]:
    return [job for job in books.jobs.values() if is_picture(job)]


def _says_end(job: Job, words: str) -> bool:
    """Whether a card says how its job ended; the first line and those with these marks say what it was."""
    _, *lines = card(job, job.created_at).text.splitlines()
    return all(line in words for line in lines if line[0] not in "ℹ✏🖼✍")


def _find_broken_albums(books: Books, chats: Chats, crowd: Crowd) -> Iterator[str]:
    """An album is one request with all its parts, or one question; photos sent soon after one without words join it."""
    jobs_of: dict[tuple[int, int], list[Job]] = defaultdict(list)
    for job in _list_pictures(books):
        jobs_of[chat_of(job).chat_id, chat_of(job).message_id].append(job)
    for (chat_id, group), parts in crowd.albums.items():
        draft = books.drafts.get(album_intent(chats.bot_id, chat_id, group))
        if draft is None:
            yield f"album {group} is lost"
            continue
        if not parts <= set(map(int, draft.parts)):
            yield f"album {group} of {len(parts)} has {len(draft.parts)}"
        for job in [each for part in parts for each in jobs_of[chat_id, part]]:
            if len(request_of(job).references) + artefacts_of(job).late_parts != len(draft.parts):
                used = f"{len(request_of(job).references)} used, {artefacts_of(job).late_parts} late"
                yield f"album {group} of {len(draft.parts)}: {used}"


def _find_unwanted(books: Books, crowd: Crowd) -> Iterator[str]:
    """A message without a request was bought only after *Draw this*."""
    agreed = {message_ref(*each) for each in crowd.agreed}
    for job in _list_pictures(books):
        is_chatter = (chat_of(job).chat_id, chat_of(job).message_id) in crowd.chatter
        if is_chatter and job.state is JobState.DELIVERED and not agreed & set(chat_of(job).messages):
            yield f"job {job.id} was bought from {request_of(job).prompt!r}, which asked for nothing"
