"""The screens of /history: the list, one conversation, the confirmation of a deletion, the retention time. Pure.

Each button carries an absolute value (a conversation, a moment, a number of days) and its owner.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shared.conversations.conversation import FOREVER, Conversation
from shared.people.talk import DEFAULT_KEPT_DAYS, KEPT_DAYS, TalkSettings
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text, shorten, write_day

PAGE = 6
"""Conversations per page: all their buttons fit on the screen of a small phone."""
LABEL_CHARACTERS_MAX = 24
SUMMARY_CHARACTERS_SHOWN = 400
LIST, OPEN, GO, NAME, FILE, DELETE, DELETE_SURELY, KEPT = (
    "hist", "talk", "talk-go", "talk-name", "talk-file", "talk-del", "talk-del-yes", "kept",
)  # fmt: skip
"""The actions of the buttons."""
NEWEST = "0"
"""Stands in a button instead of a moment and means the first page."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def list_screen(
    shown: Sequence[Conversation],
    current: str,
    older: datetime | None,
    talk: TalkSettings,
    language: Language,
    owner: int,
) -> Screen:
    """A page of conversations, with the current one marked; `older` is where the next page begins."""
    rows = [(_open_button(each, language, owner, is_current=each.id == current),) for each in shown]
    pages = [_button(language, "button-history-newest", LIST, NEWEST, owner)]
    if older is not None:
        pages.append(_button(language, "button-history-older", LIST, write_instant(older), owner))
    kept = Button(_kept_label(talk, language), write_callback(KEPT, "", owner))
    text = html_text(language, "history-title" if shown or older else "history-empty")
    return Screen(text, (*rows, tuple(pages), (kept,)) if shown or older else ((kept,),))


def conversation_screen(talk: Conversation, language: Language, owner: int, *, is_current: bool) -> Screen:
    """One conversation: its dates, its topic, and its buttons."""
    started, ended = write_day(language, talk.started_at), write_day(language, talk.changed_at)
    title = _title_of(talk, language)
    lines = [html_text(language, "history-one", title=title, started=started, ended=ended, count=talk.count)]
    if talk.summary:
        lines.append(html_text(language, "history-summary", summary=shorten(talk.summary, SUMMARY_CHARACTERS_SHOWN)))
    if talk.expire_at == FOREVER:
        lines.append(html_text(language, "history-until-deleted"))
    else:
        lines.append(html_text(language, "history-until", date=write_day(language, talk.expire_at)))
    go = (_button(language, "button-history-go", GO, talk.id, owner),)
    rows = (
        *(() if is_current else (go,)),
        (_button(language, "button-history-name", NAME, talk.id, owner), _file_button(talk, language, owner, 1)),
        (_button(language, "button-history-delete", DELETE, talk.id, owner), _back_button(language, owner)),
    )
    return Screen("\n".join(lines), rows)


def deletion_screen(talk: Conversation, language: Language, owner: int) -> Screen:
    """The confirmation before a deletion."""
    began = write_instant(talk.started_at)  # a conversation that begins again under the same id is another one
    sure = _button(language, "button-history-delete-surely", DELETE_SURELY, talk.id, owner, began)
    text = html_text(language, "history-delete-sure", title=_title_of(talk, language), count=talk.count)
    return Screen(text, ((sure,), (_button(language, "button-history-keep", OPEN, talk.id, owner),)))


def kept_screen(talk: TalkSettings, language: Language, owner: int) -> Screen:
    """The choices of how long conversations are kept, with the current one marked."""

    def button(days: int) -> Button:
        label = plain_text(language, f"kept-{days}")
        shown = plain_text(language, "chosen", label=label) if days == talk.kept_days else label
        return Button(shown, write_callback(KEPT, days, owner))

    first, second, third, *rest = (button(days) for days in KEPT_DAYS)
    return Screen(
        html_text(language, "kept-title"), ((first, second, third), tuple(rest), (_back_button(language, owner),))
    )


def file_caption(talk: Conversation, following: int, language: Language, owner: int) -> Screen:
    """The caption of an exported file, with a button if there is another part."""
    text = html_text(language, "history-file", title=_title_of(talk, language))
    return Screen(text, ((_file_button(talk, language, owner, following),),) if following else ())


def _file_button(talk: Conversation, language: Language, owner: int, first: int) -> Button:
    return _button(
        language, "button-history-file" if first == 1 else "button-history-file-more", FILE, talk.id, first, owner
    )


def _back_button(language: Language, owner: int) -> Button:
    return _button(language, "button-history-back", LIST, NEWEST, owner)


def _open_button(talk: Conversation, language: Language, owner: int, *, is_current: bool) -> Button:
    label = shorten(_title_of(talk, language), LABEL_CHARACTERS_MAX)
    shown = plain_text(language, "chosen", label=label) if is_current else label
    return Button(shown, write_callback(OPEN, talk.id, owner))


def _button(language: Language, text_id: str, action: str, *arguments: object) -> Button:
    return Button(plain_text(language, text_id), write_callback(action, *arguments))


def _kept_label(talk: TalkSettings, language: Language) -> str:
    """The label of the current choice; the default one if only a newer release knows the choice."""
    days = talk.kept_days if talk.kept_days in KEPT_DAYS else DEFAULT_KEPT_DAYS
    return plain_text(language, "button-history-kept", kept=plain_text(language, f"kept-{days}"))


def _title_of(talk: Conversation, language: Language) -> str:
    return talk.title or plain_text(language, "history-untitled")


def write_instant(at: datetime) -> str:
    """A moment in a button, to the microsecond: with less, a page would begin with the last entry of the one before."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1):x}"


def read_instant(text: str) -> datetime | None:
    """The moment that a button carries; None where it carries none."""
    if re.fullmatch(r"[0-9a-f]{10,14}", text) is None:
        return None
    return _EPOCH + timedelta(microseconds=int(text, 16))
