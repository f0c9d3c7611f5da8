"""Commands that are answered at once: the first screen, help, settings, language, /cancel."""

from contextlib import suppress
from datetime import datetime
from typing import Protocol

from shared.bot.answer_inline import show_words_to_draw
from shared.bot.api_page import show_api
from shared.bot.balance import answer_alone, show_balance
from shared.bot.commands import PRIVATE_MENU, describe_menu
from shared.bot.gallery_page import PAYLOAD, take_gallery_command
from shared.bot.lend_role import show_lent
from shared.bot.memory_page import show_memory
from shared.bot.models_page import show_models
from shared.bot.price import show_price
from shared.bot.prompts import forget_filling, show_prompts, show_shared
from shared.bot.remix import show_shared_result
from shared.bot.role import show_role, show_zone
from shared.bot.stats_page import show_stats
from shared.conversations.request_answer import Question
from shared.conversations.take_questions import start_question
from shared.credits.catalogue import (
    COUNTS,
    FREE_ANSWERS_PER_DAY,
    OFFERS,
    SIZES,
    VIDEO,
    ModelName,
    Ratio,
    Size,
    nearest_ratio,
    price_of,
    price_seen,
    sold_models,
)
from shared.errors import MessengerError
from shared.growth.invite import show_invitation_link
from shared.growth.open_gift import open_gift_link
from shared.growth.redeem_promo import open_promo_link
from shared.jobs.accept_request import Accepted
from shared.jobs.identity import tap_intent
from shared.jobs.job import ENDS, JobState
from shared.payments.shop import show_shop
from shared.payments.subscription_page import show_subscription
from shared.people.change_setting import save_setting
from shared.people.operators import role_of
from shared.people.talk import CONFIRM_ABOVE, CONFIRM_USUALLY_ABOVE, REVIEW_ABOVE
from shared.people.users import LANGUAGES, CancelMark, Language, User, find_waiting, language_of
from shared.pictures.cards import chips
from shared.pictures.declines import clock_of
from shared.pictures.go_on import waits_for_credits
from shared.pictures.picture import PictureRequest
from shared.pictures.request import Material
from shared.pictures.request_picture import Wish
from shared.pictures.take_requests import start_request
from shared.ports import DEFAULT_SELLERS, Button, Ports, Screen
from shared.privacy.press_incognito import show_incognito
from shared.support.talk_to_support import show_support
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.cancel_all_jobs import Stopped, cancel_all_jobs
from shared.telegram.taps import answer_tap, say_declined
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text
from shared.wording.links import open_link
from shared.wording.styles import show_styles

EXAMPLES = (1, 2, 3)
"""The examples that are pictures."""
QUESTION = 4
"""The example that is a question."""
RATIO_ROWS: tuple[tuple[Ratio, ...], ...] = (
    ("1:1", "3:4", "2:3", "9:16"),
    ("21:9", "4:3", "3:2", "16:9"),
    ("4:5", "5:4"),
    ("1:4", "1:8", "4:1", "8:1"),
)
"""Upright ones, each above the same lying down; then what is rarely wanted."""

Buttons = tuple[tuple[Button, ...], ...]
_LINKS = (
    *(show_shared_result, show_words_to_draw, open_link, show_shared, show_lent),
    *(open_promo_link, open_gift_link, show_invitation_link),
)
"""What the payload of a /start may lead to; each says whether it did."""


class Choice(Protocol):
    """Makes the button of one choice: its name, value and label."""

    def __call__(self, name: str, value: str, label: str, *, chosen: bool) -> Button: ...


async def show_start(ports: Ports, visit: Visit, message: Message) -> None:
    """/start: a screen with examples to press, or with the time of the next free credits if there are too few."""
    if not message.chat.is_private:
        await greet_group(ports, visit)
        return
    for show in _LINKS:
        if await show(ports, visit, message):
            return
    if message.text in PAYLOADS:
        await PAYLOADS[message.text](ports, visit, message)
        return
    await answer(ports, visit, _start_screen(visit.language, visit.opened.user, ports.clock.now()))


def _start_screen(language: Language, user: User, now: datetime) -> Screen:
    available = user.account.available
    price, known = price_of("fast", "1K"), {"credits": available, "answers": FREE_ANSWERS_PER_DAY}
    if available >= price:
        text = html_text(language, "start", price=price, **known)
        return Screen(text, _example_buttons(language, (QUESTION, *EXAMPLES)))
    text = html_text(language, "start-empty", price=price, time=clock_of(language, user, now), **known)
    return Screen(text, _example_buttons(language, (QUESTION,)))


async def press_example(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Run an example, once per first screen; *Again* under its result makes another."""
    number, nonce, seen, *_ = (*arguments, "", "", "")  # keyboards of earlier releases carry a nonce
    if number not in {str(n) for n in (*EXAMPLES, QUESTION)}:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))
        return
    if number != str(QUESTION) and price_seen(seen, "fast", "1K") != (price := price_of("fast", "1K")):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "price-changed", price=price), alert=True)
        screen = _start_screen(visit.language, visit.opened.user, ports.clock.now())
        await ports.messenger.edit_text(visit.place, tap.message_id, screen)
        return
    intent = tap_intent(ports.bot_id, f"start:{tap.chat.id}:{tap.message_id}", number, nonce)
    words = plain_text(visit.language, f"example-{number}-prompt")
    if number == str(QUESTION):
        came_of_it = await start_question(ports, visit, intent, Question(words))
    else:
        came_of_it = await start_request(ports, visit, intent, Wish(words, Material(), show_words=True))
    if isinstance(came_of_it, Screen):
        await say_declined(ports, visit, tap, came_of_it)
        return
    await answer_tap(ports, tap.query_id, plain_text(visit.language, _example_toast(came_of_it, number)))


def _example_toast(accepted: Accepted, number: str) -> str:
    if number == str(QUESTION):
        return "toast-answer-more" if accepted.fresh else "toast-known"
    if accepted.fresh:
        return "toast-again"
    states = {opened.job.state for opened in accepted.jobs}
    if not states <= ENDS:
        return "toast-example-making"
    return "toast-example-made" if JobState.DELIVERED in states else "toast-not-made"


async def show_help(ports: Ports, visit: Visit, message: Message) -> None:
    is_heard = "yes" if ports.support_chat_id or ports.support_contact else "no"
    parts = [html_text(visit.language, "help", answers=FREE_ANSWERS_PER_DAY, support=is_heard)]
    if message.chat.is_private and role_of(ports, message.sender.id) is not None:
        may_write = "yes" if message.sender.id in ports.admin_ids else "no"
        parts.append(html_text(visit.language, "help-operator", broadcast=may_write))
    await answer(ports, visit, Screen("\n\n".join(parts)))


async def greet_group(ports: Ports, visit: Visit) -> None:
    """Explain how to use the bot in a group, what it sees there, and how to change that."""
    sees = "group-sees-all" if await ports.messenger.reads_all() else "group-sees-some"
    parts = (html_text(visit.language, text_id) for text_id in ("group-hello", sees))
    await answer(ports, visit, Screen("\n\n".join(parts)))


async def show_settings(ports: Ports, visit: Visit, message: Message) -> None:
    await answer_alone(ports, visit, settings_panel(visit.opened.user, visit.language, ports.sellers), "settings")


async def show_language(ports: Ports, visit: Visit, message: Message) -> None:
    await answer(ports, visit, language_panel(visit.opened.user, visit.language))


async def press_setting(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Store a choice of one of the two panels and redraw the panel."""
    name, value, owner, *_ = (*arguments, "", "", "")
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
        return
    user = await save_setting(ports, visit.opened, name, value, visit.received_at)
    language = language_of(user, tap.sender.language_code)
    await answer_tap(ports, tap.query_id, plain_text(language, "toast-saved"))
    if name == "language":
        await set_menu(ports, user.id, language)
        panel = language_panel(user, language)
    elif tap.chat.is_private:
        panel = settings_panel(user, language, ports.sellers)
    else:  # a button of an earlier release
        panel = Screen(html_text(language, "settings-moved"))
    await ports.messenger.edit_text(visit.place, tap.message_id, panel)


async def set_menu(ports: Ports, user_id: int, language: Language) -> None:
    """Set the command menu of the private chat in the language chosen in the bot instead of the client's."""
    with suppress(MessengerError):
        await ports.messenger.set_commands(user_id, describe_menu(language, PRIVATE_MENU))


def settings_panel(user: User, language: Language, sellers: frozenset[str] = DEFAULT_SELLERS) -> Screen:
    """All choices, with the current values marked; each button carries an absolute value."""
    now = user.settings
    ratio = nearest_ratio(now.model, now.ratio)
    request = PictureRequest("", now.model, ratio, now.size, price=price_of(now.model, now.size) * now.count)
    title, hint = html_text(language, "settings-title"), html_text(language, "settings-hint")
    count = f" · ×{now.count}" if now.count > 1 else ""
    text = "\n".join((title, chips(language, request, is_private=True) + count, hint))

    def choice(name: str, value: str, label: str, *, chosen: bool) -> Button:
        shown = plain_text(language, "chosen", label=label) if chosen else label
        return Button(shown, write_callback("set", name, value, user.id))

    models = tuple(
        choice("model", name, _model_label(language, name, now.size), chosen=name == now.model)
        for name in sold_models(sellers)
    )
    offered = [[each for each in row if each in OFFERS[now.model].ratios] for row in RATIO_ROWS]
    rows = [tuple(choice("ratio", each, each, chosen=each == ratio) for each in row) for row in offered if row]
    sizes = tuple(choice("size", size, size, chosen=size == now.size) for size in SIZES)
    counts = tuple(choice("count", str(n), f"×{n}", chosen=n == now.count) for n in COUNTS)
    flip = "off" if now.original else "on"
    label = plain_text(language, "settings-original-on" if now.original else "settings-original-off")
    original = choice("original", flip, label, chosen=now.original)
    asks, hint = _asking_choices(user, language, choice)
    news_label = plain_text(language, "settings-news-off" if user.news.is_off else "settings-news-on")
    news = choice("news", "on" if user.news.is_off else "off", news_label, chosen=False)
    return Screen(text + hint, (*((model,) for model in models), *rows, sizes, counts, (original,), *asks, (news,)))


def _asking_choices(user: User, language: Language, choice: Choice) -> tuple[Buttons, str]:
    """Above which price the bot asks: one choice for all, or, while that is off, the one for videos; and its hint."""
    talk = user.talk
    text_id = "settings-confirm-above" if talk.confirm_above else "settings-confirm-each"
    label = plain_text(language, text_id, price=talk.confirm_above or CONFIRM_USUALLY_ABOVE)
    confirm = _next_choice("confirm_above", talk.confirm_above, CONFIRM_ABOVE, label, choice)
    if talk.confirm_above:
        return ((confirm,),), "\n" + html_text(language, "settings-confirm", price=talk.confirm_above)
    text_id = "settings-review-above" if talk.review_above else "settings-review-each"
    label = plain_text(language, text_id, price=talk.review_above)
    review = _next_choice("review_above", talk.review_above, REVIEW_ABOVE, label, choice)
    hint = html_text(language, "settings-review", price=talk.review_above, size=VIDEO.resolutions[0])
    return ((confirm,), (review,)), f"\n{hint}" if talk.review_above else ""


def _next_choice(name: str, above: int, offered: tuple[int, ...], label: str, choice: Choice) -> Button:
    """A button that says the current price, and sets the next higher one."""
    higher = next((each for each in offered if each > above), offered[0])
    return choice(name, str(higher), label, chosen=bool(above))


def language_panel(user: User, language: Language) -> Screen:
    """Both languages, with the current one marked."""

    def button(choice: Language) -> Button:
        label = plain_text(language, f"language-{choice}")
        shown = plain_text(language, "chosen", label=label) if choice == language else label
        return Button(shown, write_callback("set", "language", choice, user.id))

    return Screen(html_text(language, "language"), (tuple(button(choice) for choice in LANGUAGES),))


async def cancel_everything(ports: Ports, visit: Visit, message: Message) -> None:
    """/cancel: stop all open jobs of this person; in a group only those requested there."""
    chat = message.chat
    mark = CancelMark(chat.id, message.message_id, message.sent_at, visit.received_at, is_private=chat.is_private)
    waiting = find_waiting(visit.opened.user, chat.id, chat.thread_id, ports.clock.now())
    stopped = await cancel_all_jobs(ports, message.sender.id, mark)
    was_asked = await forget_filling(ports, visit) or (waiting is not None and waiting.kind != "words")
    was_asked = was_asked or (chat.is_private and await waits_for_credits(ports, visit.opened))
    text = _stopped_text(visit.language, stopped, is_private=chat.is_private)
    if was_asked and text == html_text(visit.language, "cancel-nothing"):
        text = html_text(visit.language, "cancel-question")
    await answer(ports, visit, Screen(text))


def _stopped_text(language: Language, stopped: Stopped, *, is_private: bool) -> str:
    """How many jobs of each kind, pictures first, and, in private only, the returned credits."""
    if not stopped.counts:
        return html_text(language, "cancel-again" if stopped.is_repeated else "cancel-nothing")
    names = sorted(stopped.counts, key=lambda name: (name != "waiting", name != "drawn", name))
    lines = [html_text(language, f"cancel-{name}", count=stopped.counts[name]) for name in names]
    if not stopped.credits:
        return " ".join(lines)
    returned = "returned" if is_private else "returned-group"
    return " ".join([*lines, html_text(language, returned, price=stopped.credits)])


def _example_buttons(language: Language, numbers: tuple[int, ...]) -> Buttons:
    """One button per row; that of a picture carries the price that the screen says."""
    seen = {n: () if n == QUESTION else ("", price_of("fast", "1K")) for n in numbers}
    return tuple((Button(plain_text(language, f"example-{n}"), write_callback("ex", n, *seen[n])),) for n in numbers)


def _model_label(language: Language, name: ModelName, size: Size) -> str:
    return plain_text(language, "settings-model", title=OFFERS[name].title, price=price_of(name, size))


PAYLOADS = {
    "api": show_api,
    "balance": show_balance,
    "stats": show_stats,
    "buy": show_shop,
    "subscription": show_subscription,
    "settings": show_settings,
    "memory": show_memory,
    "role": show_role,
    "zone": show_zone,
    "models": show_models,
    "price": show_price,
    "prompts": show_prompts,
    "styles": show_styles,
    "support": show_support,
    "incognito": show_incognito,
    PAYLOAD: take_gallery_command,
}
"""The handlers of /start payloads in links from a group: each gives the answer that was requested there."""
