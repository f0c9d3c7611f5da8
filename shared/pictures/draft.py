"""A draft is a wish that is not a request yet: it waits for more parts, for words, or for a yes.

COLLECTING ──2 s after the last part──▶ CLOSED    the request was made (or refused) with all parts
└──▶ ASKING    words are missing, or doubtful: the card asks, for free ──answer──▶ CLOSED
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.jobs.job import SWEEP_AFTER_SECONDS
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.pictures.picture import Reference
from shared.pictures.wishes import Reading

QUIET_SECONDS = 2.0
"""An album, or a text that was split, is complete when no part came for this long."""
ALBUM_PARTS_MAX = 10
"""Telegram's own limit; more can only be forged."""
TEXTS_MAX = 8
"""Parts of one text; a longer one is declined anyway."""
SPLIT_UNITS_MIN = PROMPT_CHARACTERS_MAX - 96
"""A text of at least this many UTF-16 units may be the first part of one that the app split at 4,096."""
KEPT = timedelta(days=35)


class DraftState(StrEnum):
    """Where a draft stands; drawn in the module's docstring."""

    COLLECTING = "collecting"
    ASKING = "asking"
    CLOSED = "closed"


class Doubt(StrEnum):
    """Why a wish whose words are there is asked about before anything is held."""

    SHORT = "short"
    QUESTION = "question"
    LINK = "link"
    FOREIGN = "foreign"
    """The words are somebody else's: forwarded, or through another bot."""
    REFERS_BACK = "refers_back"
    """It may be meant for the last picture."""
    MISSED = "missed"
    """A parameter cannot be had."""
    EDITED = "edited"
    """The words were changed after the picture was begun."""
    ALONE = "alone"
    """The words answer a message of ours that asked nothing, or may be no wish at all."""


_DOUBTS = {Reading.SHORT: Doubt.SHORT, Reading.QUESTION: Doubt.QUESTION, Reading.LINK: Doubt.LINK}


@dataclass(frozen=True, slots=True)
class Draft:
    """See the module's docstring. `parts` maps the message id, as text, to the picture it brought."""

    id: str
    user_id: int
    chat_id: int
    thread_id: int | None
    message_id: int
    """The first part seen, which the card replies to."""
    is_private: bool
    language_code: str
    update_id: int
    close_at: datetime
    expire_at: datetime
    state: DraftState = DraftState.COLLECTING
    sweep_at: datetime | None = None
    sweeps: int = 0
    parts: dict[str, Reference] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """The parts of a text that the app split, by their message ids."""
    caption: str = ""
    caption_at: datetime | None = None
    """When the webhook got these words."""
    replied_to: int | None = None
    parent_id: str | None = None
    """The job whose picture this is a new version of."""
    last_id: str | None = None
    """The job that the words may be meant for instead."""
    doubt: Doubt | None = None
    """Why it waits for a yes; None: it waits for parts or words."""
    price: int = 0
    """Credits for all its pictures, as the question said."""
    can_answer: bool = False
    """The words may be answered instead, or where there are none, the files described."""
    command: str = ""
    """The command that an album's caption begins with: "ask", "search" or "image"."""
    wants_video: bool = False
    """A video is wanted. With a doubt, it is asked whether; without one, it is the review of a video."""
    asks: str = ""
    """How the reading model asks, in its words; empty: in ours."""
    card: str = ""
    """The card as `jobs.message_ref` writes it; empty until it is known to be posted."""
    card_message_id: int | None = None
    late_parts: int = 0
    received_at: datetime | None = None
    sent_at: datetime | None = None


def doubt_of(reading: Reading) -> Doubt | None:
    """The doubt about words that are short, a question or a link; None for all others, TALK and REFERS_BACK too."""
    return _DOUBTS.get(reading)


def utf16_units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def may_be_split(text: str) -> bool:
    """Whether more of this text may come in the next message."""
    return utf16_units(text) >= SPLIT_UNITS_MIN


def words_of(draft: Draft) -> str:
    """The words so far: a split text put together in the order in which it was sent, then the caption."""
    texts = [text for _, text in sorted(draft.texts.items(), key=lambda item: int(item[0]))]
    return " ".join(text.strip() for text in (*texts, draft.caption) if text.strip())


def _cut(words: str) -> str:
    """Words cut one character past the limit: still seen to be too long, and a forged text fits into the document."""
    return words[: PROMPT_CHARACTERS_MAX + 1]


def add_text(draft: Draft, message_id: int, text: str, now: datetime) -> Draft:
    """The draft with one more part of its text; a part that comes again changes nothing."""
    key = str(message_id)
    if draft.state is not DraftState.COLLECTING or key in draft.texts or len(draft.texts) >= TEXTS_MAX:
        return draft
    return _collect_on(replace(draft, texts={**draft.texts, key: _cut(text)}), now)


def add_words(draft: Draft, words: str, received_at: datetime, now: datetime) -> Draft:
    """The draft that is collecting, with the words sent after its pictures; parameters that came before stay."""
    together = f"{draft.caption} {words}".strip()
    return _collect_on(replace(draft, caption=_cut(together), caption_at=received_at), now)


def reword(draft: Draft, words: str, received_at: datetime, now: datetime) -> Draft:
    """The draft with other words, after an edit of its message; it is decided on anew."""
    if draft.state is DraftState.CLOSED or (draft.caption_at is not None and received_at < draft.caption_at):
        return draft
    return _collect_on(replace(draft, caption=_cut(words), caption_at=received_at, texts={}), now)


def add_part(
    draft: Draft, message_id: int, part: Reference, caption: str, now: datetime, received_at: datetime | None = None
) -> Draft:
    """The draft with one more part; a part that comes again changes nothing but the words.

    Words that come after the question was asked answer it. Parts of a closed set are counted, not used.
    """
    known = str(message_id) in draft.parts
    full = len(draft.parts) >= ALBUM_PARTS_MAX
    if draft.state is DraftState.CLOSED:
        return draft if known or full else replace(_with_part(draft, message_id, part), late_parts=draft.late_parts + 1)
    if not known and full:
        return draft
    draft = draft if known else _with_part(draft, message_id, part)
    news = not known and draft.state is DraftState.COLLECTING
    caption = _cut(caption)
    newest = bool(caption) and (received_at is None or draft.caption_at is None or received_at >= draft.caption_at)
    words = newest and caption != draft.caption
    if newest:
        draft = replace(draft, caption=caption, caption_at=received_at)
    return _collect_on(draft, now) if news or words else draft


def _collect_on(draft: Draft, now: datetime) -> Draft:
    """The draft whose end moved to two seconds from now."""
    close_at = now + timedelta(seconds=QUIET_SECONDS)
    return replace(
        draft,
        state=DraftState.COLLECTING,
        doubt=None,
        close_at=close_at,
        sweep_at=close_at + timedelta(seconds=SWEEP_AFTER_SECONDS),
    )


def _with_part(draft: Draft, message_id: int, part: Reference) -> Draft:
    return replace(draft, parts={**draft.parts, str(message_id): part})


def files_of(draft: Draft) -> tuple[Reference, ...]:
    """All files in the order in which they were sent, whatever order they came in."""
    return tuple(part for _, part in sorted(draft.parts.items(), key=lambda item: int(item[0])))


def references_of(draft: Draft) -> tuple[Reference, ...]:
    """The pictures among them."""
    return tuple(part for part in files_of(draft) if part.is_picture)
