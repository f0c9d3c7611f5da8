"""Collections: put a result on a shelf or take it away, name a new one, remove one.

The bot asks for the name; the reply to that question makes the collection, with the result on it. Its id is a hash of
that reply, so that a reply that comes twice makes one.
"""

from dataclasses import replace
from functools import partial

from shared.gallery.change_shelves import create_shelf, drop_shelf, put_result
from shared.gallery.find_results import open_result
from shared.gallery.gallery_screens import (
    SHOW,
    describe_selection,
    drop_rows,
    shelf_rows,
)
from shared.gallery.press_gallery import Pressed, press_result, show_first_rows
from shared.gallery.result import Result, Selection, write_selection
from shared.gallery.show_gallery import open_view, show_newest
from shared.jobs.open_jobs import StoredJob
from shared.people.accounts import change_user
from shared.people.shelves import (
    SHELVES_MAX,
    Naming,
    Shelf,
    find_shelf,
    shelf_id,
    tidy_shelf_name,
)
from shared.people.users import LANGUAGES, User
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap, show_rows, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def _shelves(ports: Ports, pressed: Pressed) -> None:
    await answer_tap(ports, pressed.tap.query_id)
    await _show_shelves(ports, pressed, pressed.opened)


async def _show_shelves(ports: Ports, pressed: Pressed, opened: StoredJob) -> None:
    visit = pressed.visit
    rows = shelf_rows(Result(opened.job), pressed.view, visit.opened.user.gallery, visit.language)
    await show_rows(ports, pressed.tap, rows)


async def _put(ports: Ports, pressed: Pressed) -> None:
    """Put the result on a shelf, or take it away: the button says which."""
    shelf, wanted = (*pressed.value, "", "")[:2]
    if find_shelf(pressed.visit.opened.user.gallery, shelf) is None:
        await toast(ports, pressed.visit, pressed.tap, "toast-gallery-no-shelf")
        await _show_shelves(ports, pressed, pressed.opened)
        return
    opened = await put_result(ports, pressed.opened, shelf, is_on=wanted == "1")
    text_id = "toast-gallery-put" if wanted == "1" else "toast-gallery-taken"
    await toast(ports, pressed.visit, pressed.tap, text_id)
    await _show_shelves(ports, pressed, opened)


async def _name(ports: Ports, pressed: Pressed) -> None:
    """Ask what a new collection shall be called; the reply to that message names it."""
    visit, tap = pressed.visit, pressed.tap
    if len(visit.opened.user.gallery.shelves) >= SHELVES_MAX:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-gallery-full", limit=SHELVES_MAX))
        return
    await answer_tap(ports, tap.query_id)
    placeholder = plain_text(visit.language, "gallery-name-placeholder")
    question = Screen(html_text(visit.language, "gallery-name-ask"), force_reply=placeholder)
    message_id = await ports.messenger.send_text(visit.place, question)
    naming = Naming(pressed.opened.job.id, visit.received_at, message_id)
    await change_user(ports, visit.opened, lambda user: replace(user, gallery=replace(user.gallery, naming=naming)))
    await show_first_rows(ports, pressed, pressed.opened)


def is_shelf_name(ports: Ports, message: Message) -> bool:
    """Whether this replies to a question for a collection's name, even one that is no longer open."""
    replied = message.replied
    if replied is None or replied.sender_id != ports.bot_id or not message.own_words or not message.chat.is_private:
        return False
    return replied.text in {plain_text(language, "gallery-name-ask") for language in LANGUAGES}


async def take_shelf_name(ports: Ports, visit: Visit, message: Message) -> None:
    """Make the collection, with the result for which it was asked; a name that is taken names the one that has it."""
    naming, name = visit.opened.user.gallery.naming, tidy_shelf_name(message.text)
    if naming is None or message.replied is None or message.replied.message_id != naming.message_id:
        await answer(ports, visit, Screen(html_text(visit.language, "gallery-name-over")))
        return
    shelf = Shelf(shelf_id(ports.bot_id, message.chat.id, message.message_id), name)
    user, kept = await create_shelf(ports, visit.opened, shelf)
    visit.opened = replace(visit.opened, user=user)
    if kept is None:
        await answer(ports, visit, Screen(html_text(visit.language, "gallery-full", limit=SHELVES_MAX)))
        return
    await _put_first(ports, user, naming, kept)
    button = Button(
        describe_selection(Selection(shelf=kept.id), user.gallery, visit.language),
        write_callback(SHOW, write_selection(Selection(shelf=kept.id))),
    )
    await answer(ports, visit, Screen(html_text(visit.language, "gallery-named", name=kept.name), ((button,),)))


async def _put_first(ports: Ports, user: User, naming: Naming, shelf: Shelf) -> None:
    """The result that was shown when the person asked for a new collection is its first."""
    opened = await open_result(ports, user.id, naming.job_id)
    if opened is not None:
        await put_result(ports, opened, shelf.id, is_on=True)


async def _drop(ports: Ports, pressed: Pressed) -> None:
    """Ask before a collection is removed."""
    await toast(ports, pressed.visit, pressed.tap, "toast-gallery-drop")
    await show_rows(ports, pressed.tap, drop_rows(pressed.view, pressed.visit.language))


async def press_drop_surely(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Remove a collection; what stood on it stays in the gallery."""
    view = await open_view(ports, visit, tap, arguments)
    if view is None:
        return
    visit.opened = replace(visit.opened, user=await drop_shelf(ports, visit.opened, view.selection.shelf))
    await toast(ports, visit, tap, "toast-gallery-dropped")
    await show_newest(ports, visit, tap.message_id)


press_shelves = partial(press_result, handler=_shelves)
press_put = partial(press_result, handler=_put)
press_name = partial(press_result, handler=_name)
press_drop = partial(press_result, handler=_drop)
