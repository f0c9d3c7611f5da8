"""What a person reads before everything of theirs is erased, and while they may change their mind."""

from datetime import datetime

from shared.people.subscriptions import renews_any
from shared.people.users import Language, User
from shared.ports import Button, Screen
from shared.privacy.erasure import SURE_WITHIN, Erasure
from shared.telegram.callbacks import read_moment, write_callback, write_moment
from shared.texts import html_text, plain_text
from shared.texts import write_moment as write_time

ERASE = "erasure"
ASK, SURE, KEEP = "ask", "yes", "keep"
"""The first argument of its buttons; the second is whose they are, the third of SURE when it was shown."""


def erase_button(language: Language, owner_id: int) -> Button:
    """The way to the question."""
    return Button(plain_text(language, "button-erase-me"), write_callback(ERASE, ASK, owner_id))


def keep_button(language: Language, owner_id: int) -> Button:
    """The way back, for a day."""
    return Button(plain_text(language, "button-keep-me"), write_callback(ERASE, KEEP, owner_id))


def draw_question(language: Language, user: User, now: datetime) -> Screen:
    """What is erased, what stays, and what the person loses by it."""
    lines = [html_text(language, "erase-question")]
    if (credit_count := user.account.available + user.account.held + user.perks.underway) > 0:
        lines.append(html_text(language, "erase-loses-credits", credits=credit_count))
    if renews_any(user.subscriptions, now):
        lines.append(html_text(language, "erase-loses-subscription"))
    lines.append(html_text(language, "erase-sure"))
    sure = Button(plain_text(language, "button-erase-sure"), write_callback(ERASE, SURE, user.id, write_moment(now)))
    return Screen("\n".join(lines), ((sure,),))


def is_fresh(shown: str, now: datetime) -> bool:
    """Whether the question was shown so lately that its words still hold; `shown`: as `write_moment` writes it."""
    shown_at = read_moment(shown)
    return shown_at is not None and now - shown_at < SURE_WITHIN


def draw_waiting(erasure: Erasure, language: Language) -> Screen:
    """It is asked for, and may be taken back until then."""
    text = html_text(language, "erase-waits", time=write_time(language, erasure.due_at))
    return Screen(text, ((keep_button(language, erasure.user_id),),))
