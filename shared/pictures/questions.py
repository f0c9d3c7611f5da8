"""The screens of the free questions before a purchase. Pure."""

from collections.abc import Collection
from datetime import datetime

from shared.credits.catalogue import price_of
from shared.payments.shop_screens import offer_missing
from shared.people.users import Language, User
from shared.pictures.cards import about_screen, shorten_words
from shared.pictures.declines import way_to_credits
from shared.pictures.draft import Doubt, Draft, words_of
from shared.pictures.keyboards import ANSWER_INSTEAD, FILM, improve_button
from shared.pictures.prompts import Missed
from shared.pictures.request import Plan
from shared.pictures.wishes import find_near_command
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

_TEXTS = {
    Doubt.SHORT: "doubt-short",
    Doubt.QUESTION: "doubt-question",
    Doubt.LINK: "doubt-link",
    Doubt.FOREIGN: "doubt-foreign",
    Doubt.REFERS_BACK: "doubt-refers-back",
    Doubt.MISSED: "doubt-missed",
    Doubt.EDITED: "doubt-edited",
    Doubt.ALONE: "doubt-alone",
}


def words_screen(draft: Draft, user: User, language: Language, now: datetime) -> Screen:
    """The question what to do with these pictures; without enough credits, advice how to get some."""
    price = price_of(user.settings.model, user.settings.size)
    if user.account.available < price and draft.is_private and not draft.can_answer:
        way = way_to_credits(language, user, price, now)
        return Screen(html_text(language, "card-kept", parts=len(draft.parts), way=way))
    return about_screen(draft, language)


def tell_missed(language: Language, missed: tuple[Missed, ...]) -> str:
    """The unavailable parameters, with the nearest available ones."""
    return "; ".join(plain_text(language, "missed", wanted=each.wanted, nearest=each.nearest) for each in missed)


def yes_screen(
    draft: Draft,
    plan: Plan,
    user: User,
    language: Language,
    now: datetime,
    *,
    sells: bool = False,
    currencies: Collection[str] = (),
) -> Screen:
    """The question whether to draw this: a button with the price, or two if the last picture may be meant.

    Where credits are lacking and sold, what is missing to buy takes the place of the button. `currencies`: in which
    cards are taken.
    """
    text, price = _question_of(draft, plan, user, language), plan.price
    if user.account.available < price and draft.is_private:
        way = way_to_credits(language, user, price, now)
        short = way if draft.lacks_credits else html_text(language, "credits-short", way=way)
        buy = offer_missing(language, user, price - user.account.available, now, currencies) if sells else ()
        return Screen(f"{text}\n{short}", (*buy, *_film_row(draft, language), *_answer_row(draft, language)))
    draw, change = (plain_text(language, name, price=price) for name in ("button-draw", "button-draw-last"))
    if not draft.is_private:  # no price, as on a group's card
        draw, change = (label.partition(" · ")[0] for label in (draw, change))
    yes = Button(draw, write_callback("draw", draft.id))
    improve = (improve_button(language, "d", draft.id),) if draft.last_id is None else ()
    others = (*improve, *(button for row in _answer_row(draft, language) for button in row))
    rows = (*_film_row(draft, language), (yes,), *((others,) if others else ()))
    if draft.last_id is None:
        return Screen(text, rows)
    return Screen(text, ((Button(change, write_callback("drawlast", draft.id)),), *rows))


def _question_of(draft: Draft, plan: Plan, user: User, language: Language) -> str:
    """The question in words, in HTML."""
    assert draft.doubt is not None
    words = shorten_words(plan.request.prompt if draft.doubt is Doubt.MISSED else words_of(draft))
    command = find_near_command(words_of(draft)) if draft.doubt is Doubt.SHORT else None
    if command is not None:
        return html_text(language, "doubt-command", words=words, command=f"/{command}")
    if draft.asks:
        return html_text(language, "doubt-asks", question=draft.asks)
    if draft.lacks_credits:
        available = user.account.available
        return html_text(language, "doubt-credits", words=words, price=plan.price, credits=available)
    if draft.is_dear:
        return html_text(language, "doubt-dear", words=words)
    return html_text(language, _text_of(draft), words=words, missed=tell_missed(language, plan.missed))


def _text_of(draft: Draft) -> str:
    """The text of the question."""
    assert draft.doubt is not None
    if draft.wants_video:
        return "doubt-animate"
    if draft.doubt is Doubt.QUESTION and draft.parts:
        return "doubt-question-photo"
    is_either = draft.can_answer and draft.doubt in {Doubt.QUESTION, Doubt.ALONE}
    return "doubt-unsure" if is_either else _TEXTS[draft.doubt]


def _film_row(draft: Draft, language: Language) -> tuple[tuple[Button, ...], ...]:
    if not draft.wants_video:
        return ()
    return ((Button(plain_text(language, "button-film"), write_callback(FILM, draft.id)),),)


def _answer_row(draft: Draft, language: Language) -> tuple[tuple[Button, ...], ...]:
    if not draft.can_answer:
        return ()
    return ((Button(plain_text(language, "button-in-words"), write_callback(ANSWER_INSTEAD, draft.id)),),)
