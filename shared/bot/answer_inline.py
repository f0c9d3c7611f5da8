"""Inline mode: a person types @bot in any chat and picks one of their finished pictures and videos.

query ──▶ their results, by the files that Telegram has: at most two queries of the store, no model, no charge
      ──▶ nothing found: a button that opens the private chat; for words it asks there whether to draw them

Telegram waits about ten seconds for an answer and sends another query for the next letters, so a late or failed answer
is dropped: it is never deferred, and no alarm.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.codec import decode, encode
from shared.delivery import Delivery
from shared.errors import ConflictError, MessageRejectedError, MessengerError, UnavailableError
from shared.gallery.find_results import find_results
from shared.gallery.inline_results import RESULTS_MAX, SEARCHED_MAX, STORED, WORDS, show_inline
from shared.gallery.result import read_cursor, write_cursor
from shared.hash_ids import hash_id, is_id
from shared.logs import log_event
from shared.people.accounts import open_user
from shared.people.users import language_of
from shared.pictures.ask_first import Question, ask_for_yes
from shared.pictures.draft import Doubt
from shared.pictures.request import Material
from shared.ports import Create, InlineAnswer, Key, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.inline_query import InlineAsked
from shared.telegram.payloads import read_words, write_words
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, shorten

ANSWERED_WITHIN = timedelta(seconds=8)
"""A later answer finds nobody waiting."""
WORDS_KEPT = timedelta(days=1)
LABEL_CHARACTERS_MAX = 40
OPEN_PAYLOAD = "inline"
"""The payload of the button for a person without results: the first screen."""


@dataclass(frozen=True, slots=True)
class StoredWords:
    """Words too long for a payload, until the person presses the button with their id."""

    user_id: int
    words: str
    expire_at: datetime


async def answer_inline(ports: Ports, asked: InlineAsked, delivery: Delivery) -> None:
    """Answer an inline query, if it is not too late. Never raises for an outage: the answer is lost then."""
    if ports.clock.now() >= delivery.received_at + ANSWERED_WITHIN:
        return
    try:
        found = await _find(ports, asked)
        try:
            await ports.messenger.answer_inline(asked.query_id, found)
        except MessageRejectedError:  # one of the files is not known any more, so the whole answer is refused
            await ports.messenger.answer_inline(asked.query_id, await _offer(ports, asked))
    except (MessengerError, UnavailableError) as error:
        log_event("inline_answer_lost", error=error)


async def _find(ports: Ports, asked: InlineAsked) -> InlineAnswer:
    limit = SEARCHED_MAX if asked.words else RESULTS_MAX
    page = await find_results(ports, asked.sender.id, after=read_cursor(asked.offset), limit=limit)
    results = show_inline(page.results, asked.words)
    following = "" if page.following is None else write_cursor(page.following)
    if results or asked.offset:
        return InlineAnswer(results, following if results else "")
    return await _offer(ports, asked)


async def _offer(ports: Ports, asked: InlineAsked) -> InlineAnswer:
    """The button for a person who finds nothing: to the private chat, with the words."""
    language = language_of((await open_user(ports, asked.sender.id)).user, asked.sender.language_code)
    if not asked.words:
        return InlineAnswer(label=plain_text(language, "inline-open"), payload=OPEN_PAYLOAD)
    label = plain_text(language, "inline-draw", words=shorten(asked.words, LABEL_CHARACTERS_MAX))
    payload = write_words(WORDS, asked.words) or await _store_words(ports, asked)
    return InlineAnswer(label=label, payload=payload)


async def _store_words(ports: Ports, asked: InlineAsked) -> str:
    """Store the words for a day, once; returns the payload. Raises UnavailableError."""
    id_ = hash_id("words", asked.sender.id, asked.words)
    words = StoredWords(asked.sender.id, asked.words, ports.clock.now() + WORDS_KEPT)
    with suppress(ConflictError):
        await ports.store.commit([Create(_words_key(id_), encode(words))])
    return f"{STORED}{id_}"


def _words_key(id_: str) -> Key:
    return Key("words", id_)


async def show_words_to_draw(ports: Ports, visit: Visit, message: Message) -> bool:
    """Ask, for nothing, whether to draw the words of a button or link; False for any other payload.

    Anybody can write such a link, so nothing is bought before the words and the price were shown.
    """
    payload = message.text
    words = read_words(WORDS, payload)
    if payload.startswith(STORED) and is_id(payload.removeprefix(STORED)):
        words = await _open_words(ports, payload.removeprefix(STORED), message.sender.id)
        if not words:
            await answer(ports, visit, Screen(html_text(visit.language, "words-gone")))
            return True
    if not words:
        return False
    said = replace(message, text=words, command=None)
    await ask_for_yes(ports, visit, said, Question(words, Material(), Doubt.ALONE, is_order=True))
    return True


async def _open_words(ports: Ports, id_: str, user_id: int) -> str:
    """The stored words of this person; empty if there are none any more."""
    [record] = await ports.store.read([_words_key(id_)])
    stored = None if record is None else decode(StoredWords, record.fields)
    is_theirs = stored is not None and stored.user_id == user_id and ports.clock.now() < stored.expire_at
    return stored.words if stored is not None and is_theirs else ""
