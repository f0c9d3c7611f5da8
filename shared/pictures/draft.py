"""A draft is a wish that is not a request yet: it waits for more parts, for words, or for confirmation.

COLLECTING ──2 s after the last part──▶ CLOSED    the request was made (or refused) with all parts
└──▶ ASKING    words are missing, or doubtful: the card asks, for free ──answer──▶ CLOSED
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.credits.catalogue import Ratio
from shared.jobs.job import SWEEP_AFTER_SECONDS
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.pictures.picture import Reference
from shared.pictures.wishes import Reading

QUIET_SECONDS = 2.0
"""An album or a split text is complete when no part has come for this time."""
ALBUM_PARTS_MAX = 10
"""Telegram's own limit; more can only be forged."""
TEXTS_MAX = 8
"""Parts of one text; a longer one is declined anyway."""
SPLIT_UNITS_MIN = PROMPT_CHARACTERS_MAX - 96
"""A text of at least this many UTF-16 units may be the first part of one that the app split at 4,096."""
KEPT = timedelta(days=35)


class DraftState(StrEnum):
    """The state of a draft; the module's docstring has the diagram."""

    COLLECTING = "collecting"
    ASKING = "asking"
    CLOSED = "closed"


class Doubt(StrEnum):
    """Why the bot asks for confirmation of a wish before credits are held."""

    SHORT = "short"
    QUESTION = "question"
    LINK = "link"
    FOREIGN = "foreign"
    """The words are somebody else's: forwarded, or sent through another bot."""
    REFERS_BACK = "refers_back"
    """The words may refer to the last picture."""
    MISSED = "missed"
    """A parameter is not available."""
    EDITED = "edited"
    """The message was edited after the picture was begun."""
    ALONE = "alone"
    """The words reply to a message of ours that asked nothing, or may not be a wish."""


_DOUBTS = {Reading.SHORT: Doubt.SHORT, Reading.QUESTION: Doubt.QUESTION, Reading.LINK: Doubt.LINK}


@dataclass(frozen=True, slots=True)
class Draft:
    """See the module's docstring. `parts` maps the message id, as text, to the picture it brought."""

    id: str
    user_id: int
    chat_id: int
    thread_id: int | None
    message_id: int
    """The first part that arrived, to which the card replies."""
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
    """When the webhook received these words."""
    replied_to: int | None = None
    parent_id: str | None = None
    """The job whose picture this is a new version of."""
    last_id: str | None = None
    """The job to which the words may refer instead."""
    doubt: Doubt | None = None
    """Why it waits for confirmation; None: it waits for parts or words."""
    price: int = 0
    """The price in the question, in credits for all its pictures."""
    can_answer: bool = False
    """The words may be answered instead or, if there are none, the files described."""
    command: str = ""
    """The command that an album's caption begins with: "ask", "search" or "image"."""
    wants_video: bool = False
    """The person wants a video. With a `doubt` the draft is a question; without one it is the review of a video."""
    source_seconds: float = 0.0
    """For a review: the length of the video that `parent_id` made; 0 if it made a picture."""
    is_shared: bool = False
    """For a review: that video is another person's, who shares it."""
    shape: Ratio | None = None
    """For a review: the shape of the first picture, if known."""
    prompts: tuple[str, ...] = ()
    """The prompts of a batch, one for each picture; then the draft is the question before it."""
    asks: str = ""
    """The reading model's question; empty: ours."""
    is_dear: bool = False
    """The wish is clear, and costs more than the person lets us spend without a question."""
    lacks_credits: bool = False
    """The wish is clear and waits for credits: once they are bought it goes on by itself."""
    tool: str = ""
    """The ready-made change that it asks about: the words that answer it are what the person adds."""
    card: str = ""
    """The card as `jobs.message_ref` writes it; empty until it is known to be posted."""
    card_message_id: int | None = None
    late_parts: int = 0
    received_at: datetime | None = None
    sent_at: datetime | None = None


def doubt_of(reading: Reading) -> Doubt | None:
    """The doubt about a short text, a question or a link; None for other readings, including TALK and REFERS_BACK."""
    return _DOUBTS.get(reading)


def awaits_subject(draft: Draft) -> bool:
    """Whether a style was chosen, and the next words say what is drawn in it."""
    is_open = draft.state is DraftState.ASKING and draft.doubt is None and not draft.wants_video
    return is_open and not draft.parts and bool(draft.caption)


def utf16_units(text: str) -> int:
    """The length of a text in UTF-16 units, which Telegram uses."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def may_be_split(text: str) -> bool:
    """Whether more of this text may come in the next message."""
    return utf16_units(text) >= SPLIT_UNITS_MIN


def words_of(draft: Draft) -> str:
    """The words so far: the parts of a split text in their order, then the caption."""
    texts = [text for _, text in sorted(draft.texts.items(), key=lambda item: int(item[0]))]
    return " ".join(text.strip() for text in (*texts, draft.caption) if text.strip())


def _cut(words: str) -> str:
    """Words cut one character above the limit: still too long, but a forged text fits into the document."""
    return words[: PROMPT_CHARACTERS_MAX + 1]


def add_text(draft: Draft, message_id: int, text: str, now: datetime) -> Draft:
    """The draft with one more part of its text; a repeated part changes nothing."""
    key = str(message_id)
    if draft.state is not DraftState.COLLECTING or key in draft.texts or len(draft.texts) >= TEXTS_MAX:
        return draft
    return _collect_on(replace(draft, texts={**draft.texts, key: _cut(text)}), now)


def add_words(draft: Draft, words: str, received_at: datetime, now: datetime) -> Draft:
    """The collecting draft with words sent after its pictures; earlier parameters are kept."""
    together = f"{draft.caption} {words}".strip()
    return _collect_on(replace(draft, caption=_cut(together), caption_at=received_at), now)


def reword(draft: Draft, words: str, received_at: datetime, now: datetime) -> Draft:
    """The draft with the words of its edited message, to be decided again."""
    if draft.state is DraftState.CLOSED or (draft.caption_at is not None and received_at < draft.caption_at):
        return draft
    return _collect_on(replace(draft, caption=_cut(words), caption_at=received_at, texts={}), now)


def add_part(
    draft: Draft, message_id: int, part: Reference, caption: str, now: datetime, received_at: datetime | None = None
) -> Draft:
    """The draft with one more part; a repeated part changes only the words.

    Words that come after the question answer it. Parts after the draft is closed are only counted.
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
    """The draft, to be closed two seconds from now."""
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
    """All files in the order in which they were sent."""
    return tuple(part for _, part in sorted(draft.parts.items(), key=lambda item: int(item[0])))


def references_of(draft: Draft) -> tuple[Reference, ...]:
    """The pictures among the draft's files."""
    return tuple(part for part in files_of(draft) if part.is_picture)
