"""/mode and its keyboard: what plain words ask for in a chat or topic; /new begins another conversation."""

from dataclasses import replace

from shared.people.accounts import change_user
from shared.people.change_setting import save_setting
from shared.people.talk import (
    ASK_ABOVE,
    MODES,
    Mode,
    TalkSettings,
    asks_above,
    mode_in,
    place_of,
    with_mode,
    with_new_conversation,
)
from shared.people.users import Language, User
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def show_mode(ports: Ports, visit: Visit, message: Message) -> None:
    """/mode: show the modes, with the current one marked."""
    panel = mode_panel(visit.opened.user.talk, _place(ports, visit), visit.language, visit.update.sender.id)
    await answer(ports, visit, panel)


async def press_mode(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Store the chosen mode and redraw the panel."""
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
    await _show(ports, visit, tap, user)


async def press_ask_above(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Store the price above which *Auto* asks before it draws."""
    value, owner, *_ = (*arguments, "", "")
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
        return
    user = await save_setting(ports, visit.opened, "ask_above", value, visit.received_at)
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-saved"))
    await _show(ports, visit, tap, user)


async def _show(ports: Ports, visit: Visit, tap: Tap, user: User) -> None:
    panel = mode_panel(user.talk, _place(ports, visit), visit.language, tap.sender.id)
    await ports.messenger.edit_text(visit.place, tap.message_id, panel)


async def begin_anew(ports: Ports, visit: Visit, message: Message) -> None:
    """/new: begin another conversation in this place."""
    place, at = _place(ports, visit), visit.received_at
    await change_user(ports, visit.opened, lambda user: _with(user, with_new_conversation(user.talk, place, at)))
    await answer(ports, visit, Screen(html_text(visit.language, "conversation-new")))


def mode_panel(talk: TalkSettings, place: str, language: Language, user_id: int) -> Screen:
    """The modes and what each does; each button carries an absolute value and its owner.

    In *Auto* the panel also shows how much a picture may cost that is drawn without a question.
    """

    def button(action: str, value: str | int, label: str, *, is_chosen: bool) -> Button:
        shown = plain_text(language, "chosen", label=label) if is_chosen else label
        return Button(shown, write_callback(action, value, user_id))

    mode, above = mode_in(talk, place), asks_above(talk)
    auto, *plain = (
        button("mode", each, plain_text(language, f"mode-{each}"), is_chosen=each == mode) for each in MODES
    )
    rows = ((auto, plain[0]), tuple(plain[1:]))  # three in a row would be cut on a narrow phone
    text = html_text(language, "mode-title")
    if mode != "auto" or talk.confirm_above:  # chosen for everything, in /settings
        return Screen(text, rows)
    prices = tuple(button("above", each, f"≤ {each}", is_chosen=each == above) for each in ASK_ABOVE)
    return Screen(f"{text}\n\n{html_text(language, 'mode-above')}", (*rows, prices))


def _place(ports: Ports, visit: Visit) -> str:
    chat = visit.update.chat
    return place_of(ports.bot_id, chat.id, chat.thread_id)


def _with(user: User, talk: TalkSettings | None) -> User | None:
    return None if talk is None else replace(user, talk=talk)
