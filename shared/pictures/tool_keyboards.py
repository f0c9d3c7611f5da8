"""The keyboards of ready-made changes: the first one, and the choices of one tool. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.jobs.job import Job
from shared.people.users import Language, PictureSettings
from shared.pictures.draft import Draft, references_of
from shared.pictures.keyboards import (
    PHOTO_BACK,
    PHOTO_STYLES,
    PHOTO_TOOL,
    PHOTO_TOOLS,
    STYLES,
    Rows,
    animate_button,
    improve_button,
    in_rows,
)
from shared.pictures.picture import request_of
from shared.pictures.tools import (
    BY_NAME,
    PHOTO_SIZE,
    Entry,
    Subject,
    label_choice,
    list_choices,
    list_tools,
    name_tool,
    subject_of,
    write_offer,
)
from shared.ports import Button
from shared.telegram.address import chat_of
from shared.telegram.callbacks import write_callback
from shared.texts import plain_text

TOOLS, TOOL, OPEN_TOOL, ASK_TOOL = "tools", "tool", "toolopen", "toolask"
"""The buttons under a picture: the first keyboard, an offer, the choices of a tool, and one's own words."""
PHOTO_OPEN, PHOTO_ASK = "photoopen", "photoask"
"""The same under the question what to do with photos, beside those in `keyboards.py`."""
PER_ROW = 2


@dataclass(frozen=True, slots=True)
class _Board:
    """Whose buttons these are."""

    language: Language
    is_private: bool
    """In groups no button shows a price."""
    buy: Callable[[str], str]
    """The data of a button that buys, leads to choices, or asks for words."""
    open: Callable[[str], str]
    ask: Callable[[str], str]
    home: str
    """The data of *Back* in the first keyboard."""
    tools: str
    """The data of *Back* among the choices."""
    words: tuple[Button, ...] = ()
    """What stands beside the tools: better words, and the styles."""


def tool_buttons(job: Job, settings: PictureSettings, count: str, opened: str) -> Rows:
    """The tools for a picture of ours. `opened`: when the keyboard opened, as in `keyboards.py`."""
    return _first(_board_of_job(job, count, opened), list_tools(subject_of(request_of(job)), settings))


def tool_choice_buttons(job: Job, tool: str, settings: PictureSettings, count: str, opened: str) -> Rows:
    """The choices of one of them."""
    return _choices(_board_of_job(job, count, opened), tool, subject_of(request_of(job)), settings)


def photo_tool_buttons(draft: Draft, settings: PictureSettings, language: Language, opened: str) -> Rows:
    """The tools for photos that we asked about."""
    return _first(_board_of_draft(draft, language, opened), list_tools(subject_of_photo(draft), settings))


def photo_choice_buttons(draft: Draft, tool: str, settings: PictureSettings, language: Language, opened: str) -> Rows:
    """The choices of one of them."""
    return _choices(_board_of_draft(draft, language, opened), tool, subject_of_photo(draft), settings)


def subject_of_photo(draft: Draft) -> Subject:
    """The first of the photos."""
    return Subject(references_of(draft)[0].ratio, PHOTO_SIZE)


def _board_of_job(job: Job, count: str, opened: str) -> _Board:
    return _Board(
        job.language,
        chat_of(job).is_private,
        buy=lambda value: write_callback(TOOL, job.id, count, opened, value),
        open=lambda value: write_callback(OPEN_TOOL, job.id, count, opened, value),
        ask=lambda value: write_callback(ASK_TOOL, job.id, count, opened, value),
        home=write_callback("back", job.id, count),
        tools=write_callback(TOOLS, job.id, count),
        words=(
            improve_button(job.language, "j", job.id),
            Button(plain_text(job.language, "button-styles"), write_callback(STYLES, job.id, count)),
        ),
    )


def _board_of_draft(draft: Draft, language: Language, opened: str) -> _Board:
    return _Board(
        language,
        draft.is_private,
        buy=lambda value: write_callback(PHOTO_TOOL, draft.id, opened, value),
        open=lambda value: write_callback(PHOTO_OPEN, draft.id, opened, value),
        ask=lambda value: write_callback(PHOTO_ASK, draft.id, opened, value),
        home=write_callback(PHOTO_BACK, draft.id),
        tools=write_callback(PHOTO_TOOLS, draft.id),
        words=(
            animate_button(draft, language, opened),
            Button(plain_text(language, "button-styles"), write_callback(PHOTO_STYLES, draft.id)),
        ),
    )


def _first(board: _Board, entries: tuple[Entry, ...]) -> Rows:
    wide: list[Button] = []
    others: list[Button] = []
    for entry in entries:
        row = others if not BY_NAME[entry.name.partition(".")[0]].is_wide else wide
        row.append(_button(board, entry, name_tool(board.language, entry.name)))
    return *in_rows(wide, 1), board.words, *in_rows((*others, _back(board, board.home)), PER_ROW)


def _choices(board: _Board, tool: str, subject: Subject, settings: PictureSettings) -> Rows:
    row = BY_NAME[tool]
    entries = list_choices(row, subject, settings)
    buttons = [_button(board, entry, label_choice(board.language, entry.name)) for entry in entries]
    if row.takes_words:
        buttons.append(Button(plain_text(board.language, "button-own-words"), board.ask(tool)))
    return in_rows((*buttons, _back(board, board.tools)), PER_ROW)


def _button(board: _Board, entry: Entry, label: str) -> Button:
    if entry.price is None:
        dots = "" if BY_NAME[entry.name].of_edits else "…"  # what is free at once needs no dots
        return Button(f"{label}{dots}", board.open(entry.name))
    return Button(f"{label} · {entry.price}" if board.is_private else label, board.buy(write_offer(entry)))


def _back(board: _Board, data: str) -> Button:
    return Button(plain_text(board.language, "button-back"), data)
