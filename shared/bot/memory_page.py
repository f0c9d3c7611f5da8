"""/memory: the facts that a person asked the bot to remember; they can read them, erase them and switch them off.

/remember and "remember that …" add facts, in the private chat only, by fixed rules and never by a model.
"""

from dataclasses import replace

from shared.bot.balance import answer_alone
from shared.conversations.history_screens import KEPT
from shared.people.accounts import change_user
from shared.people.change_setting import save_setting
from shared.people.facts import (
    FACT_CHARACTERS_MAX,
    FACTS_MAX,
    Kept,
    fact_id,
    with_fact,
    without_fact,
    without_facts,
)
from shared.people.talk import Fact, TalkSettings
from shared.people.users import Language, User
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

ERASE, SWITCH = "fact-del", "facts"
EVERYTHING = "all"
ERASE_PER_ROW = 4
"""More buttons would be cut on a narrow phone."""


async def show_memory(ports: Ports, visit: Visit, message: Message) -> None:
    """/memory: show all facts, in the private chat."""
    await answer_alone(ports, visit, memory_screen(visit.opened.user, visit.language), "memory")


async def take_remember_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/remember: add the fact in its words. The replied message is ignored, because it may be somebody else's."""
    if visit.update.chat.is_private:
        await take_fact(ports, visit, message.own_words)
    else:
        await answer_alone(ports, visit, Screen(html_text(visit.language, "memory-usage")), "memory")


async def take_fact(ports: Ports, visit: Visit, text: str) -> None:
    """Store the fact, or tell the person why not."""
    became: Kept = "empty"
    message_id = visit.update.message_id

    def change(user: User) -> User | None:
        nonlocal became
        talk, became = with_fact(user.talk, text, visit.received_at, message_id)
        return replace(user, talk=talk) if became == "kept" else None

    await change_user(ports, visit.opened, change)
    if became == "empty":
        await answer(ports, visit, Screen(html_text(visit.language, "memory-usage")))
        return
    text_id = {"long": "memory-long", "full": "memory-full", "off": "memory-is-off"}.get(became, "memory-kept")
    limits = {"long": {"limit": FACT_CHARACTERS_MAX}, "full": {"limit": FACTS_MAX}}.get(became, {})
    await answer(ports, visit, Screen(html_text(visit.language, text_id, **limits)))


async def press_erase(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Erase one fact, or all."""
    erased, owner, *_ = (*arguments, "", "")
    if not await _is_theirs(ports, visit, tap, owner):
        return

    def change(user: User) -> User:
        talk = without_facts(user.talk) if erased == EVERYTHING else without_fact(user.talk, erased)
        return replace(user, talk=talk)

    user = await change_user(ports, visit.opened, change)
    await _show(ports, visit, tap, user, "toast-memory-erased")


async def press_switch(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Switch the memory on or off; while it is off the facts are kept, but no model gets them."""
    value, owner, *_ = (*arguments, "", "")
    if await _is_theirs(ports, visit, tap, owner):
        user = await save_setting(ports, visit.opened, "memory", value, visit.received_at)
        await _show(ports, visit, tap, user, "toast-saved")


def memory_screen(user: User, language: Language) -> Screen:
    """All facts with numbers, a button to erase each, and the switch."""
    talk, owner = user.talk, user.id
    lines = [html_text(language, "memory-title" if talk.facts else "memory-nothing")]
    lines += [html_text(language, "memory-line", number=n, fact=fact.text) for n, fact in enumerate(talk.facts, 1)]
    lines.append(html_text(language, "memory-off" if talk.is_forgetful else "memory-on"))
    return Screen("\n".join(lines), (*_erase_rows(talk, language, owner), *_choice_rows(talk, language, owner)))


def _erase_rows(talk: TalkSettings, language: Language, owner: int) -> list[tuple[Button, ...]]:
    def erase(number: int, fact: Fact) -> Button:
        return Button(
            plain_text(language, "button-memory-erase", number=number), write_callback(ERASE, fact_id(fact), owner)
        )

    buttons = [erase(number, fact) for number, fact in enumerate(talk.facts, 1)]
    rows = [tuple(buttons[n : n + ERASE_PER_ROW]) for n in range(0, len(buttons), ERASE_PER_ROW)]
    everything = Button(plain_text(language, "button-memory-erase-all"), write_callback(ERASE, EVERYTHING, owner))
    return [*rows, (everything,)] if rows else rows


def _choice_rows(talk: TalkSettings, language: Language, owner: int) -> list[tuple[Button, ...]]:
    flip = "on" if talk.is_forgetful else "off"
    switch = Button(plain_text(language, f"button-memory-{flip}"), write_callback(SWITCH, flip, owner))
    kept = Button(plain_text(language, "button-memory-kept"), write_callback(KEPT, "", owner))
    return [(switch,), (kept,)]


async def _is_theirs(ports: Ports, visit: Visit, tap: Tap, owner: str) -> bool:
    if owner == str(tap.sender.id):
        return True
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    return False


async def _show(ports: Ports, visit: Visit, tap: Tap, user: User, text_id: str) -> None:
    await answer_tap(ports, tap.query_id, plain_text(visit.language, text_id))
    await ports.messenger.edit_text(visit.place, tap.message_id, memory_screen(user, visit.language))
