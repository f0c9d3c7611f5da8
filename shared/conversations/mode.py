"""What plain words ask for in a chat or topic: /mode, its keyboard, and /new, which begins another conversation."""

from dataclasses import replace

from shared.people.accounts import change_user
from shared.people.talk import MODES, Mode, TalkSettings, mode_in, place_of, with_mode, with_new_conversation
from shared.people.users import Language, User
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def show_mode(ports: Ports, visit: Visit, message: Message) -> None:
    """The modes, the one that is in use marked."""
    mode = mode_in(visit.opened.user.talk, _place(ports, visit))
    await answer(ports, visit, mode_panel(mode, visit.language, visit.update.sender.id))


async def press_mode(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """A mode was chosen; the panel shows it."""
    value, owner, *_ = (*arguments, "", "")
    mode = next((each for each in MODES if each == value), None)
    if mode is None:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))
    elif owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    else:
        await _choose(ports, visit, tap, mode)


async def _choose(ports: Ports, visit: Visit, tap: Tap, mode: Mode) -> None:
    place, at = _place(ports, visit), visit.received_at
    user = await change_user(ports, visit.opened, lambda user: _with(user, with_mode(user.talk, place, mode, at)))
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-saved"))
    panel = mode_panel(mode_in(user.talk, place), visit.language, tap.sender.id)
    await ports.messenger.edit_text(visit.place, tap.message_id, panel)


async def begin_anew(ports: Ports, visit: Visit, message: Message) -> None:
    """/new: what was said so far is no longer known here."""
    place, at = _place(ports, visit), visit.received_at
    await change_user(ports, visit.opened, lambda user: _with(user, with_new_conversation(user.talk, place, at)))
    await answer(ports, visit, Screen(html_text(visit.language, "conversation-new")))


def mode_panel(mode: Mode, language: Language, user_id: int) -> Screen:
    """Every mode with what it does; each button carries an absolute value and its owner."""

    def button(each: Mode) -> Button:
        label = plain_text(language, f"mode-{each}")
        shown = plain_text(language, "chosen", label=label) if each == mode else label
        return Button(shown, write_callback("mode", each, user_id))

    return Screen(html_text(language, "mode-title"), (tuple(button(each) for each in MODES),))


def _place(ports: Ports, visit: Visit) -> str:
    chat = visit.update.chat
    return place_of(ports.bot_id, chat.id, chat.thread_id)


def _with(user: User, talk: TalkSettings | None) -> User | None:
    return None if talk is None else replace(user, talk=talk)
