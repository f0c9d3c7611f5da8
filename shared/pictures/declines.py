"""The screens of declined requests. A personal reason is shown only to that person."""

from collections.abc import Collection
from datetime import datetime, timedelta

from shared.credits.catalogue import DAILY_CREDITS, OFFERS, REFERENCES_MAX, VIDEOS, price_of, title_of, video_offer
from shared.credits.switches import KINDS
from shared.jobs.limits import ACTIVE_JOBS_MAX, PROMPT_CHARACTERS_MAX, SPEND_CREDITS_PER_DAY_MAX, check_means
from shared.payments.shop_screens import offer_missing
from shared.people.allowance import next_credits_at
from shared.people.users import Language, User, rests_until
from shared.ports import Button, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text, unmark, write_moment

_TEXTS = {
    DeclineReason.PARENT_NOT_DONE: "declined-not-done",
    DeclineReason.PARENT_DELETED: "declined-deleted",
    DeclineReason.PROMPT_MISSING: "declined-no-prompt",
    DeclineReason.PROMPT_TOO_LONG: "declined-long",
    DeclineReason.FILE_TOO_LARGE: "declined-file-size",
    DeclineReason.TOO_MANY_REFERENCES: "declined-references",
    DeclineReason.NOT_ENOUGH_CREDITS: "declined-credits",
    DeclineReason.TOO_MANY_JOBS: "declined-jobs",
    DeclineReason.DAILY_CAP: "declined-day",
    DeclineReason.PERSON_RESTS: "declined-pause",
    DeclineReason.ALL_REST: "declined-rest",
    DeclineReason.BOOKS_WRONG: "declined-books",
}
_LIMITS = {
    DeclineReason.PROMPT_TOO_LONG: PROMPT_CHARACTERS_MAX,
    DeclineReason.TOO_MANY_REFERENCES: REFERENCES_MAX,
    DeclineReason.TOO_MANY_JOBS: ACTIVE_JOBS_MAX,
    DeclineReason.DAILY_CAP: SPEND_CREDITS_PER_DAY_MAX,
}


def decline(language: Language, reason: DeclineReason, words: str = "") -> Screen:
    """The screen for a reason that concerns anybody."""
    return Screen(html_text(language, _TEXTS[reason], limit=_LIMITS.get(reason, 0), length=len(words)))


def decline_means(
    language: Language,
    reason: DeclineReason,
    user: User,
    price: int,
    now: datetime,
    *,
    sells: bool = False,
    currencies: Collection[str] = (),
) -> Screen:
    """The screen for a personal reason, for private chats; with what is missing to buy where credits are sold.

    `currencies`: in which cards are taken.
    """
    account = user.account
    text = html_text(
        language,
        _TEXTS[reason],
        limit=_LIMITS.get(reason, 0),
        price=price,
        credits=account.available,
        active=account.active_jobs,
        way=way_to_credits(language, user, price, now),
        time=_minute_after(language, rests_until(user, now) or now),
    )
    lacks = sells and reason is DeclineReason.NOT_ENOUGH_CREDITS
    return Screen(text, offer_missing(language, user, price - account.available, now, currencies) if lacks else ())


def decline_among_others(language: Language, user: User, price: int, count: int) -> Screen:
    """The screen for a personal reason in groups: only a button tells the reason. `price` is of one picture."""
    why = Button(plain_text(language, "button-why"), write_callback("why", user.id, price, count))
    return Screen(html_text(language, "declined-here"), ((why,),))


def decline_for_now(language: Language, reason: DeclineReason, until: datetime) -> Screen:
    """The screen while nothing is bought until `until`."""
    return Screen(html_text(language, _TEXTS[reason], time=_minute_after(language, until)))


def decline_switched_off(language: Language, offer: str) -> Screen:
    """The screen for what operators have switched off; `offer` as in `shared/credits/switches.py`."""
    if offer in KINDS:
        return Screen(html_text(language, f"declined-off-{offer}"))
    title = video_offer(offer).title if offer in VIDEOS else title_of(offer)
    return Screen(html_text(language, "declined-off", model=title))


def explain(language: Language, user: User, price: int, count: int, now: datetime) -> str:
    """Why this person may not start `count` pictures at `price` each now, as the text of an alert."""
    reason = check_means(user, price, count, now)
    if reason is None:
        return plain_text(language, "toast-why-over")
    return unmark(decline_means(language, reason, user, price * count, now).text)


def way_to_credits(language: Language, user: User, price: int, now: datetime) -> str:
    """Advice for a person without the credits for `price`: the next free credits, or a cheaper picture.

    The daily credits top an account up to DAILY_CREDITS only, so they do not help with a higher price.
    """
    small = price_of("fast", "1K")
    if price <= DAILY_CREDITS:
        text_id = "credits-come"
    elif user.account.available < small:
        text_id = "credits-come-small"
    else:
        text_id = "credits-buy"
    return plain_text(language, text_id, time=clock_of(language, user, now), price=small, model=OFFERS["fast"].title)


def clock_of(language: Language, user: User, now: datetime) -> str:
    """The time of the person's next free credits for display, in UTC."""
    return write_moment(language, next_credits_at(user, now))


def _minute_after(language: Language, until: datetime) -> str:
    """`until` in UTC, rounded up to a full minute, so that the wait is over when a clock shows it."""
    return write_moment(language, until + timedelta(seconds=59))
