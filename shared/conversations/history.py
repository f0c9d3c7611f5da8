"""/history and /rename: continue, rename, export or delete earlier conversations of a chat or topic.

A button works only for its owner. A conversation belongs to one person and one place: a private conversation is never
listed or sent in a group.
"""

from contextlib import suppress
from dataclasses import replace

from shared.codec import decode
from shared.conversations.conversation import LONG_AGO, Conversation, conversation_id, is_there, tidy_name
from shared.conversations.conversation_documents import OpenConversation, conversation_key, conversations_of
from shared.conversations.erase_conversation import erase_conversation
from shared.conversations.export_conversation import export_part
from shared.conversations.history_screens import (
    NEWEST,
    PAGE,
    conversation_screen,
    deletion_screen,
    file_caption,
    kept_screen,
    list_screen,
    read_instant,
    write_instant,
)
from shared.conversations.keep_shorter import keep_shorter
from shared.errors import DeliveryUnknownError, DocumentUnreadableError
from shared.hash_ids import is_id
from shared.people.accounts import change_user, open_user, try_until_won
from shared.people.change_setting import save_setting
from shared.people.talk import Renaming, TalkSettings, place_of, with_conversation, with_new_conversation
from shared.people.users import LANGUAGES, User
from shared.ports import Place, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def show_history(ports: Ports, visit: Visit, message: Message) -> None:
    """/history: the first page of the conversations in this place."""
    await answer(ports, visit, await _list(ports, visit, NEWEST))


async def press_list(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show a page of the list, beginning at the moment in the button."""
    since, owner, *_ = (*arguments, "", "")
    if await _is_theirs(ports, visit, tap, owner):
        await _show(ports, visit, tap, await _list(ports, visit, since))


async def press_open(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show one conversation."""
    opened = await _open(ports, visit, tap, arguments)
    if opened is not None:
        await _show(ports, visit, tap, _screen(ports, visit, opened.conversation))


async def press_go(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Make it the current conversation of this place: the next question continues it."""
    opened = await _open(ports, visit, tap, arguments)
    if opened is None:
        return
    place, talk, at = _place(ports, visit), opened.conversation, visit.received_at
    user = await change_user(
        ports, visit.opened, lambda user: _with(user, with_conversation(user.talk, place, talk.id, at))
    )
    visit.opened = replace(visit.opened, user=user)
    await _show(ports, visit, tap, _screen(ports, visit, talk), "toast-history-goes-on")


async def press_file(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Send the conversation as a file; if it does not fit into one, a further press sends the next part."""
    number, owner = (arguments[1], arguments[2]) if len(arguments) > 2 else ("", "")  # noqa: PLR2004
    opened = await _open(ports, visit, tap, (*arguments[:1], owner))
    if opened is None:
        return
    first = int(number) if number.isascii() and number.isdecimal() and len(number) < 8 else 1  # noqa: PLR2004
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-history-file"))
    part = await export_part(ports, opened.conversation, visit.language, max(1, first))
    caption = file_caption(opened.conversation, part.following, visit.language, tap.sender.id)
    with suppress(DeliveryUnknownError):  # it may have arrived; if not, the person presses again
        await ports.messenger.send_document(Place(tap.chat.id, tap.chat.thread_id), part.file, caption)


async def press_name(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Ask for a new name; the person replies to that message with the name."""
    opened = await _open(ports, visit, tap, arguments)
    if opened is None:
        return
    await answer_tap(ports, tap.query_id)
    placeholder = plain_text(visit.language, "history-name-placeholder")
    question = Screen(html_text(visit.language, "history-name-ask"), force_reply=placeholder)
    message_id = await ports.messenger.send_text(visit.place, question)
    renaming = Renaming(opened.conversation.id, visit.received_at, message_id)
    await change_user(ports, visit.opened, lambda user: replace(user, talk=replace(user.talk, renaming=renaming)))


def is_new_name(ports: Ports, message: Message) -> bool:
    """Whether this replies to a question for a name, even one that is no longer open."""
    replied = message.replied
    if replied is None or replied.sender_id != ports.bot_id or not message.own_words:
        return False
    return replied.text in {plain_text(language, "history-name-ask") for language in LANGUAGES}


async def take_name(ports: Ports, visit: Visit, message: Message) -> None:
    """Rename the conversation, if this replies to the latest question for a name, however old that is."""
    renaming = visit.opened.user.talk.renaming
    if renaming is None or message.replied is None or message.replied.message_id != renaming.message_id:
        await answer(ports, visit, Screen(html_text(visit.language, "history-name-over")))
        return
    await answer(ports, visit, await _rename(ports, visit, renaming.conversation_id, message.text))


async def take_rename_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/rename: rename the current conversation of this place."""
    if message.own_words:
        current = conversation_id(visit.opened.user, _place(ports, visit))
        await answer(ports, visit, await _rename(ports, visit, current, message.text))
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "history-rename-usage")))


async def press_delete(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Ask for confirmation before deleting."""
    opened = await _open(ports, visit, tap, arguments)
    if opened is not None:
        await _show(ports, visit, tap, deletion_screen(opened.conversation, visit.language, tap.sender.id))


async def press_delete_surely(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Delete it with all its messages. Raises LaterError if one delivery is not enough."""
    deleted_id, owner, began, *_ = (*arguments, "", "", "")
    if not await _is_theirs(ports, visit, tap, owner):
        return

    async def attempt() -> bool:
        opened = await _find(ports, visit, deleted_id)
        if opened is None or began not in {"", write_instant(opened.conversation.started_at)}:
            return False  # a button of the previous release does not say when it began
        await erase_conversation(ports, opened)
        return True

    was_there = await try_until_won(ports, attempt)
    if was_there:
        await _leave(ports, visit, deleted_id)
    text_id = "toast-history-deleted" if was_there else "toast-history-gone"
    await _show(ports, visit, tap, await _list(ports, visit, NEWEST), text_id)


async def press_kept(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the choices of how long conversations are kept, or make one."""
    days, owner, *_ = (*arguments, "", "")
    if not await _is_theirs(ports, visit, tap, owner):
        return
    talk, text_id = visit.opened.user.talk, ""
    if days:
        talk, text_id = await _keep(ports, visit, days), "toast-saved"
    await _show(ports, visit, tap, kept_screen(talk, visit.language, tap.sender.id), text_id)


async def _keep(ports: Ports, visit: Visit, days: str) -> TalkSettings:
    """Store the choice, and shorten the retention of existing conversations. Raises LaterError."""
    user = await save_setting(ports, visit.opened, "kept_days", days, visit.received_at)
    if user.talk.kept_days:
        await try_until_won(ports, lambda: keep_shorter(ports, user.id, user.talk.kept_days))
    return user.talk


async def _list(ports: Ports, visit: Visit, since: str) -> Screen:
    """A page of the list. One more conversation is read than shown, to know whether there is another page."""
    user, now = visit.opened.user, ports.clock.now()
    query = conversations_of(user.id, _place(ports, visit), read_instant(since), PAGE + 1)
    talks = [talk for record in await ports.store.find(query) if (talk := _read(record.fields)) is not None]
    older = talks[PAGE].changed_at if len(talks) > PAGE and talks[PAGE].changed_at > LONG_AGO else None
    shown = [talk for talk in talks[:PAGE] if is_there(talk, now)]
    current = conversation_id(user, _place(ports, visit))
    return list_screen(shown, current, older, user.talk, visit.language, user.id)


def _read(fields: dict[str, object]) -> Conversation | None:
    """The conversation of a document; None if this release cannot read it."""
    try:
        return decode(Conversation, fields)
    except DocumentUnreadableError:
        return None


def _screen(ports: Ports, visit: Visit, talk: Conversation) -> Screen:
    user = visit.opened.user
    is_current = talk.id == conversation_id(user, _place(ports, visit))
    return conversation_screen(talk, visit.language, user.id, is_current=is_current)


async def _open(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> OpenConversation | None:
    """The conversation of a button pressed by its owner; otherwise None, after telling the person why."""
    wanted, owner, *_ = (*arguments, "", "")
    if not await _is_theirs(ports, visit, tap, owner):
        return None
    opened = await _find(ports, visit, wanted)
    if opened is not None and is_there(opened.conversation, ports.clock.now()):
        return opened
    await _show(ports, visit, tap, await _list(ports, visit, NEWEST), "toast-history-gone")
    return None


async def _find(ports: Ports, visit: Visit, wanted: str) -> OpenConversation | None:
    """A conversation of this person in this place, deleted ones too. Raises UnavailableError."""
    [record] = await ports.store.read([conversation_key(wanted)]) if is_id(wanted) else [None]
    talk = None if record is None else _read(record.fields)
    is_theirs = talk is not None and (talk.user_id, talk.place) == (visit.opened.user.id, _place(ports, visit))
    return OpenConversation(talk, record) if talk is not None and is_theirs else None


async def _rename(ports: Ports, visit: Visit, renamed_id: str, words: str) -> Screen:
    title = tidy_name(words)

    async def attempt() -> bool:
        opened = await _find(ports, visit, renamed_id)
        if opened is None or not is_there(opened.conversation, ports.clock.now()):
            return False
        await ports.store.commit([opened.write(replace(opened.conversation, title=title))])
        return True

    if not title or not await try_until_won(ports, attempt):
        return Screen(html_text(visit.language, "history-rename-nothing"))
    return Screen(html_text(visit.language, "history-renamed", title=title))


async def _leave(ports: Ports, visit: Visit, deleted_id: str) -> None:
    """Begin a new conversation in a place whose current one was deleted."""
    place, at = _place(ports, visit), visit.received_at

    def change(user: User) -> User | None:
        is_current = conversation_id(user, place) == deleted_id
        return _with(user, with_new_conversation(user.talk, place, at)) if is_current else None

    user = await change_user(ports, await open_user(ports, visit.opened.user.id), change)
    visit.opened = replace(visit.opened, user=user)


async def _is_theirs(ports: Ports, visit: Visit, tap: Tap, owner: str) -> bool:
    if owner == str(tap.sender.id):
        return True
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    return False


async def _show(ports: Ports, visit: Visit, tap: Tap, screen: Screen, text_id: str = "") -> None:
    await answer_tap(ports, tap.query_id, plain_text(visit.language, text_id) if text_id else "")
    await ports.messenger.edit_text(visit.place, tap.message_id, screen)


def _place(ports: Ports, visit: Visit) -> str:
    chat = visit.update.chat
    return place_of(ports.bot_id, chat.id, chat.thread_id)


def _with(user: User, talk: TalkSettings | None) -> User | None:
    return None if talk is None else replace(user, talk=talk)
