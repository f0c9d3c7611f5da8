"""The gallery's message: one result, its caption, and the keyboards under it. Pure.

    ◀️   ☆   ▶️                    a step to newer or older results, and the favourite
    ↩️ With its buttons · 📄 File   a new message under which everything is possible; the file as it was made
    🗂 Collections · 🗑 Delete
    ☰ More                         what is shown, the collections, a ZIP of all of it

Every button carries what is shown (the selection) and where (a place), so an old one does what it says, twice the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.credits.catalogue import title_of
from shared.gallery.archive_screens import ZIP
from shared.gallery.result import (
    ALL,
    PICTURES,
    STARS,
    VIDEOS,
    Cursor,
    Result,
    Selection,
    read_cursor,
    read_selection,
    write_cursor,
    write_selection,
)
from shared.people.shelves import SHELVES_MAX, STARRED, Gallery, Shelf, find_shelf
from shared.people.users import Language
from shared.pictures.keyboards import Rows, in_rows
from shared.pictures.picture import request_of
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text, shorten, write_day
from shared.videos.video import video_request

SHOW, OLDER, NEWER, STAR = "gal", "golder", "gnewer", "gstar"
SEND, FILE, DELETE, ERASE, BACK = "gsend", "gfile", "gdel", "gerase", "gback"
SHELVES, PUT, NAME, MENU, DROP, DROP_SURELY = "gsets", "gput", "gname", "gmenu", "gdrop", "gdropy"
ALBUM = "galbum"
"""The actions of the buttons."""
PROMPT_CHARACTERS_MAX = 600
"""A caption has 1,024."""
MEDIA_PER_ROW = 2
LABEL_CHARACTERS_MAX = 24
"""Of the name of a collection on a button."""


@dataclass(frozen=True, slots=True)
class View:
    """What a gallery's message shows: the result at `cursor` of a selection, and whether there are others beside it."""

    selection: Selection
    cursor: Cursor
    has_newer: bool = False
    has_older: bool = False


def write_view(view: View) -> tuple[str, str]:
    """The two arguments of a button that keep its view."""
    ends = {(False, False): "x", (True, False): "n", (False, True): "o", (True, True): "b"}
    return write_selection(view.selection), ends[view.has_newer, view.has_older] + write_cursor(view.cursor)


def read_view(arguments: Sequence[str]) -> View | None:
    """The view of a button; None if it has none."""
    code, place = (*arguments, "", "")[:2]
    cursor = read_cursor(place[1:])
    if cursor is None or place[0] not in "xnob":
        return None
    return View(read_selection(code), cursor, has_newer=place[0] in "nb", has_older=place[0] in "ob")


def result_screen(result: Result, view: View, gallery: Gallery, language: Language) -> Screen:
    """The caption of a result, and its first keyboard."""
    lines = [] if view.selection == ALL else [f"<b>{_title_of(view.selection, gallery, language)}</b>"]
    day = write_day(language, result.created_at)
    lines.append(html_text(language, "gallery-about", what=_what(result), price=result.price, date=day))
    lines.append(html_text(language, "gallery-words", words=shorten(result.prompt, PROMPT_CHARACTERS_MAX)))
    if result.medium == "video" and not result.file_id:
        lines.append(html_text(language, "gallery-too-large"))
    return Screen("\n".join(lines), result_rows(result, view, language))


def without_file(screen: Screen, language: Language) -> Screen:
    """The text that stands in for a result of which Telegram has no photo any more."""
    return Screen("\n".join((screen.text, html_text(language, "gallery-no-preview"))), screen.buttons)


def empty_screen(language: Language) -> Screen:
    """For a person who has made nothing yet."""
    return Screen(html_text(language, "gallery-empty"))


def opening_screen(language: Language) -> Screen:
    """The message that a result is about to replace; also the way from a group."""
    button = Button(plain_text(language, "button-gallery-open"), write_callback(SHOW, write_selection(ALL)))
    return Screen(html_text(language, "gallery-opening"), ((button,),))


def result_rows(result: Result, view: View, language: Language) -> Rows:
    """The first keyboard of a result."""
    star = _button(language, "button-gallery-starred" if result.is_starred else "button-gallery-star", STAR, view)
    star = Button(star.label, f"{star.data};{int(not result.is_starred)}")
    newer = (_button(language, "button-gallery-newer", NEWER, view),) if view.has_newer else ()
    older = (_button(language, "button-gallery-older", OLDER, view),) if view.has_older else ()
    again = _button(language, "button-gallery-send", SEND, view)
    file = _button(language, "button-original", FILE, view)
    shelves = _button(language, "button-gallery-shelves", SHELVES, view)
    delete = _button(language, "button-delete", DELETE, view)
    menu = _button(language, "button-gallery-menu", MENU, view)
    return ((*newer, star, *older), (again, file), (shelves, delete), (menu,))


def delete_rows(view: View, language: Language) -> Rows:
    """The question before a result is deleted; *Keep* is where *Delete* was."""
    return ((_button(language, "button-erase", ERASE, view), _button(language, "button-keep", BACK, view)),)


def shelf_rows(result: Result, view: View, gallery: Gallery, language: Language) -> Rows:
    """The collections, with a mark on those that hold this result; a press puts it there or takes it away."""
    rows = [(_put_button(result, view, shelf, language),) for shelf in gallery.shelves]
    fresh = (_button(language, "button-gallery-name", NAME, view),)
    has_room = len(gallery.shelves) < SHELVES_MAX
    return (*rows, *((fresh,) if has_room else ()), (_button(language, "button-back", BACK, view),))


def menu_rows(result: Result, view: View, gallery: Gallery, language: Language, opened: str) -> Rows:
    """What can be shown, and what can be done with all of it; `opened`: when (`write_moment`)."""
    shown = [_show_button(each, view, gallery, language) for each in (ALL, PICTURES, VIDEOS, STARS)]
    mine = [_show_button(Selection(shelf=shelf.id), view, gallery, language) for shelf in gallery.shelves]
    packed = Button(
        plain_text(language, "button-gallery-zip"), write_callback(ZIP, write_selection(view.selection), opened)
    )
    album = () if result.job.count == 1 else ((_album_button(result, view, language, opened),),)
    drop = (_button(language, "button-gallery-drop", DROP, view),) if _is_named(view.selection, gallery) else ()
    back = _button(language, "button-back", BACK, view)
    return (*in_rows(shown, MEDIA_PER_ROW), *((button,) for button in mine), *album, (packed,), (*drop, back))


def drop_rows(view: View, language: Language) -> Rows:
    """The question before a collection is removed."""
    sure = _button(language, "button-gallery-drop-surely", DROP_SURELY, view)
    return ((sure,), (_button(language, "button-keep", BACK, view),))


def describe_selection(selection: Selection, gallery: Gallery, language: Language) -> str:
    """What a selection is called, without markup."""
    if selection.shelf == STARRED:
        return plain_text(language, "button-gallery-stars")
    shelf = find_shelf(gallery, selection.shelf)
    if shelf is not None:
        return plain_text(language, "button-gallery-shelf", name=shelf.name)
    if selection.shelf:
        return plain_text(language, "button-gallery-gone")
    return plain_text(language, f"button-gallery-{_NAMES[write_selection(selection)]}")


_NAMES = {"a": "all", "p": "pictures", "v": "videos"}


def _title_of(selection: Selection, gallery: Gallery, language: Language) -> str:
    return html_text(language, "gallery-title", name=describe_selection(selection, gallery, language))


def _is_named(selection: Selection, gallery: Gallery) -> bool:
    return find_shelf(gallery, selection.shelf) is not None


def _what(result: Result) -> str:
    """The model and the shape, as the result's own caption names them."""
    if result.medium == "picture":
        request = request_of(result.job)
        return f"{title_of(request.model)} · {request.ratio} · {request.size}"
    video = video_request(result.job)
    return f"{video.offer.title} · {video.ratio} · {video.resolution}"


def _show_button(selection: Selection, view: View, gallery: Gallery, language: Language) -> Button:
    name = shorten(describe_selection(selection, gallery, language), LABEL_CHARACTERS_MAX)
    label = plain_text(language, "chosen", label=name) if selection == view.selection else name
    return Button(label, write_callback(SHOW, write_selection(selection)))


def _put_button(result: Result, view: View, shelf: Shelf, language: Language) -> Button:
    is_there, name = shelf.id in result.job.shelves, shorten(shelf.name, LABEL_CHARACTERS_MAX)
    label = plain_text(language, "chosen", label=name) if is_there else name
    return Button(label, write_callback(PUT, *write_view(view), shelf.id, int(not is_there)))


def _album_button(result: Result, view: View, language: Language, opened: str) -> Button:
    label = plain_text(language, "button-gallery-album", count=result.job.count)
    return Button(label, write_callback(ALBUM, *write_view(view), opened))


def _button(language: Language, text_id: str, action: str, view: View) -> Button:
    return Button(plain_text(language, text_id), write_callback(action, *write_view(view)))
