"""/prompts: a person's own prompts, and prompts that others shared by a link.

/prompts ──▶ list ──▶ one of them ──▶ use: a question, after asking for the {variables}
                                  ──▶ share: a secret link · delete
t.me/…?start=p-… ──▶ somebody's prompt, shown with its words ──▶ use it once, or keep a copy

A prompt always becomes a question in words: nothing interprets its words, and it cannot buy a picture.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from shared.bot.balance import answer_alone
from shared.conversations.descriptions import is_description
from shared.conversations.read_rules import PAID, Act, Situation, read_rules
from shared.conversations.request_answer import Question
from shared.conversations.take_questions import start_question
from shared.hash_ids import hash_id, is_id
from shared.jobs.identity import message_intent, tap_intent
from shared.people.accounts import change_user
from shared.people.change_setting import save_setting
from shared.people.keep_prompts import (
    StoredPrompt,
    delete_prompt,
    forget_prompt,
    keep_prompt,
    open_prompt,
    share_prompt,
    unshare_prompt,
)
from shared.people.library import (
    PROMPTS_MAX,
    TEXT_CHARACTERS_MAX,
    VARIABLES_MAX,
    Filling,
    Prompt,
    fill,
    find_variables,
    may_read,
    read_link,
    read_prompt,
    read_values,
    write_link,
)
from shared.people.manner import OWN_ROLE, searches
from shared.people.users import LANGUAGES, Asked, Language, User, find_filling, remember_joined
from shared.ports import Button, Ports, Screen
from shared.telegram.address import message_ref
from shared.telegram.answers import answer
from shared.telegram.callbacks import read_moment, write_callback, write_moment
from shared.telegram.taps import answer_tap, tell_ordered, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit, change_visitor
from shared.texts import html_text, plain_text, unmark

ACTION = "prompt"
IMPATIENCE = timedelta(seconds=3)
"""A second press of *Ask* within this time counts as the same press."""
Rows = tuple[tuple[Button, ...], ...]
Press = Callable[[Ports, Visit, Tap, StoredPrompt], Awaitable[None]]


# --- what is sent ---


async def show_prompts(ports: Ports, visit: Visit, message: Message) -> None:
    """/prompts: show the list; with words: store them as another prompt."""
    is_kept = message.command is not None and message.command.name == "prompts" and message.own_words
    screen = await _keep(ports, visit, message) if is_kept else _draw_list(visit.opened.user, visit.language)
    await answer_alone(ports, visit, screen, "prompts")


async def show_shared(ports: Ports, visit: Visit, message: Message) -> bool:
    """Show the words of a shared prompt without doing anything; returns False for any other payload."""
    link = read_link(message.text)
    if link is None:
        return False
    stored = await open_prompt(ports, link[0])
    if stored is None or stored.prompt.is_role or not may_read(stored.prompt, message.sender.id, link[1]):
        await answer(ports, visit, Screen(html_text(visit.language, "prompt-gone")))
    else:
        await answer(ports, visit, _draw_shared(visit, stored.prompt))
    return True


def find_prompt_to_fill(ports: Ports, visit: Visit, message: Message) -> Filling | None:
    """The prompt whose variables a message fills: it replies to our question, or is the next plain message.

    A plain message that asks for something by itself fills nothing: as a reply it still does.
    """
    chat, user, replied = message.chat, visit.opened.user, message.replied
    if user.filling is None or not message.own_words or message.file is not None or message.unsupported:
        return None
    if replied is not None:
        is_meant = (user.filling.chat_id, user.filling.message_id) == (chat.id, replied.message_id)
        return user.filling if is_meant else None
    if _asks_by_itself(message.text):
        return None
    asked = Asked(chat.id, message.message_id, visit.received_at, message.sent_at, chat.thread_id)
    return find_filling(user, ports.bot_id, asked, ports.clock.now())


def _asks_by_itself(words: str) -> bool:
    """Whether words are a question, an order or a greeting, which hardly anybody means as a value."""
    act = read_rules(words, Situation())
    return act in {Act.ANSWER, Act.ANIMATE} or (act in PAID and not is_description(words))


def says_values(ports: Ports, message: Message) -> bool:
    """Whether a message replies to a question of ours for values, even to one that is no longer open."""
    replied = message.replied
    if replied is None or replied.sender_id != ports.bot_id or message.file is not None or not message.own_words:
        return False
    return any(pattern.fullmatch(replied.text) for pattern in _find_questions())


async def refuse_values(ports: Ports, visit: Visit) -> None:
    """Tell the person that the question is no longer open; the values must not become a request."""
    await answer(ports, visit, Screen(html_text(visit.language, "prompt-fill-over")))


async def forget_filling(ports: Ports, visit: Visit) -> bool:
    """Close our question about a prompt's values; returns whether one was open. Raises UnavailableError."""
    if visit.opened.user.filling is None:
        return False
    await change_user(ports, visit.opened, lambda user: replace(user, filling=None))
    return True


async def take_values(ports: Ports, visit: Visit, message: Message, filling: Filling) -> None:
    """Insert the values and ask the prompt; if some are missing, store the others and ask for those."""
    stored = await open_prompt(ports, filling.prompt_id)
    if stored is None or not may_read(stored.prompt, message.sender.id, filling.token):
        await forget_filling(ports, visit)
        await answer(ports, visit, Screen(html_text(visit.language, "prompt-gone")))
        return
    prompt = stored.prompt
    names = find_variables(prompt.text)
    asked_for = tuple(name for name in names if name not in filling.values)
    values = filling.values | read_values(asked_for, message.own_words)
    if missing := tuple(name for name in names if name not in values):
        screen = _ask_values(visit.language, prompt.title, missing)
        await _ask_for_rest(ports, visit, message, replace(filling, values=values), screen)
        return
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    came_of_it = await start_question(ports, visit, intent, _question(visit.opened.user, prompt, values))
    if isinstance(came_of_it, Screen):
        await answer(ports, visit, came_of_it)


async def _ask_for_rest(ports: Ports, visit: Visit, message: Message, filling: Filling, screen: Screen) -> None:
    """Ask for the missing values. The message with the other values is marked as handled, however often it arrives."""
    message_id = await ports.messenger.send_text(visit.place, screen)
    asked_again = replace(filling, message_id=message_id, asked_at=ports.clock.now())
    ref = message_ref(message.chat.id, message.message_id)
    await change_visitor(ports, visit, lambda user: remember_joined(replace(user, filling=asked_again), ref))


async def _keep(ports: Ports, visit: Visit, message: Message) -> Screen:
    """Store a prompt; returns the screen to show."""
    language, user = visit.language, visit.opened.user
    title, text = read_prompt(message.own_words)
    if len(text) > TEXT_CHARACTERS_MAX:
        return Screen(html_text(language, "prompt-long", limit=TEXT_CHARACTERS_MAX))
    if len(find_variables(text)) > VARIABLES_MAX:
        return Screen(html_text(language, "prompt-variables", limit=VARIABLES_MAX))
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    prompt = Prompt(hash_id("prompt", user.id, intent), user.id, title, text, ports.clock.now())
    kept = await keep_prompt(ports, visit.opened, prompt)
    if kept is None:
        return Screen(html_text(visit.language, "prompts-full", limit=PROMPTS_MAX))
    return _draw_prompt(visit, prompt, "prompt-kept")


# --- what is pressed ---


async def press_prompt(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Handle a button of the list or of one prompt: its action, the prompt, and the proof of the right to press it."""
    name, prompt_id, *_ = (*arguments, "", "")
    if name == "list" and prompt_id == str(tap.sender.id):
        await answer_tap(ports, tap.query_id)
        await _show(ports, visit, tap, _draw_list(visit.opened.user, visit.language))
        return
    stored = await open_prompt(ports, prompt_id) if is_id(prompt_id) else None
    if name not in _PRESSES:
        await toast(ports, visit, tap, "old-menu")
    elif stored is None or stored.prompt.expire_at is not None:
        await _say_gone(ports, visit, tap, prompt_id)
    elif stored.prompt.user_id != tap.sender.id:
        await toast(ports, visit, tap, "not-yours")
    else:
        await _PRESSES[name](ports, visit, tap, stored)


async def _say_gone(ports: Ports, visit: Visit, tap: Tap, prompt_id: str) -> None:
    """Tell that the prompt is gone; finish an interrupted deletion and show the list."""
    await toast(ports, visit, tap, "prompt-gone")
    if any(entry.id == prompt_id for entry in visit.opened.user.library):
        user = await forget_prompt(ports, visit.opened, prompt_id)
        await _show(ports, visit, tap, _draw_list(user, visit.language))


async def press_shared(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Handle *Use* or *Keep* under a prompt opened by its link, while it is still shared."""
    name, prompt_id, token, *_ = (*arguments, "", "", "")
    stored = await open_prompt(ports, prompt_id) if is_id(prompt_id) else None
    if stored is None or stored.prompt.is_role or not may_read(stored.prompt, tap.sender.id, token):
        await toast(ports, visit, tap, "prompt-gone")
    elif name == "use":
        await _use(ports, visit, tap, stored.prompt, token)
    elif name == "keep":
        await _take_over(ports, visit, tap, stored.prompt)
    else:
        await toast(ports, visit, tap, "old-menu")


async def _press_show(ports: Ports, visit: Visit, tap: Tap, stored: StoredPrompt) -> None:
    await answer_tap(ports, tap.query_id)
    await _show(ports, visit, tap, _draw_prompt(visit, stored.prompt))


async def _press_use(ports: Ports, visit: Visit, tap: Tap, stored: StoredPrompt) -> None:
    if stored.prompt.is_role:
        await save_setting(ports, visit.opened, "role", OWN_ROLE + stored.prompt.text, visit.received_at)
        await toast(ports, visit, tap, "toast-saved")
        return
    await _use(ports, visit, tap, stored.prompt, "")


async def _press_share(ports: Ports, visit: Visit, tap: Tap, stored: StoredPrompt) -> None:
    prompt = await share_prompt(ports, stored)
    await answer_tap(ports, tap.query_id)
    await _show(ports, visit, tap, await draw_link(ports, visit, prompt))


async def draw_link(ports: Ports, visit: Visit, prompt: Prompt) -> Screen:
    """The page of a shared prompt or role, with its link."""
    address = f"https://t.me/{await ports.messenger.username()}?start={write_link(prompt)}"
    page = _draw_prompt(visit, prompt)
    link = html_text(visit.language, "prompt-link", address=address)
    return replace(page, text=f"{page.text}\n\n{link}")


async def _press_unshare(ports: Ports, visit: Visit, tap: Tap, stored: StoredPrompt) -> None:
    prompt = await unshare_prompt(ports, stored)
    await toast(ports, visit, tap, "toast-unshared")
    await _show(ports, visit, tap, _draw_prompt(visit, prompt))


async def _press_delete(ports: Ports, visit: Visit, tap: Tap, stored: StoredPrompt) -> None:
    """Ask for confirmation: a deletion cannot be undone."""
    await toast(ports, visit, tap, "toast-sure")
    language, prompt = visit.language, stored.prompt
    rows = ((_own(language, "button-erase", "erase", prompt), _own(language, "button-keep", "show", prompt)),)
    await _show(ports, visit, tap, replace(_draw_prompt(visit, prompt), buttons=rows))


async def _press_erase(ports: Ports, visit: Visit, tap: Tap, stored: StoredPrompt) -> None:
    user = await delete_prompt(ports, visit.opened, stored)
    await toast(ports, visit, tap, "deleted-now")
    await _show(ports, visit, tap, _draw_list(user, visit.language))


_PRESSES: dict[str, Press] = {
    "show": _press_show,
    "use": _press_use,
    "share": _press_share,
    "unshare": _press_unshare,
    "delete": _press_delete,
    "erase": _press_erase,
}


async def _use(ports: Ports, visit: Visit, tap: Tap, prompt: Prompt, token: str) -> None:
    """Ask the prompt, or first for its variables. A button works once, then the page is redrawn.

    The new button is valid from a moment on: an earlier press is a repetition of the press that redrew the page.
    """
    names = find_variables(prompt.text)
    if names:
        await answer_tap(ports, tap.query_id)
        await _begin_to_fill(ports, visit, tap, prompt, names, token)
        return
    nonce = next(reversed(tap.data.split(";")))
    good_from = read_moment(nonce)
    if good_from is not None and good_from > visit.received_at:
        await toast(ports, visit, tap, "toast-known")
        return
    intent = tap_intent(ports.bot_id, f"prompt:{prompt.id}:{tap.message_id}", "use", nonce)
    came_of_it = await start_question(ports, visit, intent, _question(visit.opened.user, prompt, {}))
    await tell_ordered(ports, visit, tap, came_of_it, "toast-answer-more")
    if isinstance(came_of_it, Screen):
        return
    good_from = visit.received_at + IMPATIENCE
    page = _draw_shared(visit, prompt, good_from) if token else _draw_prompt(visit, prompt, good_from=good_from)
    await _show(ports, visit, tap, page)


async def _begin_to_fill(
    ports: Ports, visit: Visit, tap: Tap, prompt: Prompt, names: tuple[str, ...], token: str
) -> None:
    """Ask for the variables, and expect the values in the next plain message."""
    message_id = await ports.messenger.send_text(visit.place, _ask_values(visit.language, prompt.title, names))
    chat = tap.chat
    filling = Filling(prompt.id, message_id, chat.id, chat.thread_id, ports.clock.now(), token)
    await change_user(ports, visit.opened, lambda user: replace(user, filling=filling))


async def _take_over(ports: Ports, visit: Visit, tap: Tap, prompt: Prompt) -> None:
    """Store a copy, once; its words remain a stranger's."""
    user = visit.opened.user
    is_foreign = prompt.is_foreign or prompt.user_id != user.id
    copy = Prompt(
        hash_id("prompt", user.id, prompt.id),
        user.id,
        prompt.title,
        prompt.text,
        ports.clock.now(),
        is_foreign=is_foreign,
    )
    if await keep_prompt(ports, visit.opened, copy) is None:
        full = html_text(visit.language, "prompts-full", limit=PROMPTS_MAX)
        await answer_tap(ports, tap.query_id, unmark(full), alert=True)
        return
    await toast(ports, visit, tap, "toast-saved")
    await _show(ports, visit, tap, _draw_prompt(visit, copy, "prompt-kept"))


def _question(user: User, prompt: Prompt, values: dict[str, str]) -> Question:
    """The question of a prompt. A stranger's prompt may not search, because that costs credits."""
    is_foreign = prompt.is_foreign or prompt.user_id != user.id
    search = searches(user.manner) and not is_foreign
    return Question(fill(prompt.text, values), search=search, is_foreign=is_foreign, is_filled=bool(values))


async def _show(ports: Ports, visit: Visit, tap: Tap, screen: Screen) -> None:
    await ports.messenger.edit_text(visit.place, tap.message_id, screen)


# --- what is shown ---


def _draw_list(user: User, language: Language) -> Screen:
    """The titles of all prompts, and how to add another."""
    text = html_text(language, "prompts" if user.library else "prompts-empty")
    rows = tuple((Button(each.title, write_callback(ACTION, "show", each.id)),) for each in user.library)
    hint = html_text(language, "prompts-hint", open="{", close="}")
    return Screen(f"{text}\n\n{hint}", rows)


def _draw_prompt(
    visit: Visit, prompt: Prompt, heading: str = "prompt-own", good_from: datetime | None = None
) -> Screen:
    """One of the person's own prompts, with its buttons."""
    language = visit.language
    share = ("unshare", "button-prompt-unshare") if prompt.token else ("share", "button-prompt-share")
    back = write_callback(ACTION, "list", visit.update.sender.id)
    use = write_callback(ACTION, "use", prompt.id, write_moment(good_from or visit.received_at))
    rows: Rows = (
        (Button(plain_text(language, "button-role-use" if prompt.is_role else "button-prompt-use"), use),),
        (_own(language, share[1], share[0], prompt), _own(language, "button-delete", "delete", prompt)),
        (Button(plain_text(language, "button-back"), back),),
    )
    heading = "prompt-foreign" if prompt.is_foreign and heading == "prompt-own" else heading
    return Screen(html_text(language, heading, title=prompt.title, text=prompt.text), rows)


def _draw_shared(visit: Visit, prompt: Prompt, good_from: datetime | None = None) -> Screen:
    """A shared prompt as its link shows it."""
    language = visit.language
    use = write_callback("shared", "use", prompt.id, prompt.token, write_moment(good_from or visit.received_at))
    keep = write_callback("shared", "keep", prompt.id, prompt.token)
    rows: Rows = (
        (Button(plain_text(language, "button-prompt-use"), use),),
        (Button(plain_text(language, "button-prompt-keep"), keep),),
    )
    return Screen(html_text(language, "prompt-shared", title=prompt.title, text=prompt.text), rows)


def _ask_values(language: Language, title: str, names: tuple[str, ...]) -> Screen:
    """The question for the values of these variables."""
    listed = ", ".join(f"{{{name}}}" for name in names)
    text = html_text(language, "prompt-fill", title=title, names=listed, count=len(names))
    return Screen(text, force_reply=plain_text(language, "fill-placeholder"))


@cache
def _find_questions() -> tuple[re.Pattern[str], ...]:
    """Patterns that match our questions for values, with any title and any names."""
    shown = (
        plain_text(language, "prompt-fill", title="\0", names="\0", count=count)
        for language in LANGUAGES
        for count in range(1, VARIABLES_MAX + 1)
    )
    return tuple(re.compile(".*".join(map(re.escape, text.split("\0"))), re.DOTALL) for text in dict.fromkeys(shown))


def _own(language: Language, text_id: str, name: str, prompt: Prompt) -> Button:
    return Button(plain_text(language, text_id), write_callback(ACTION, name, prompt.id))
