"""Why an order is declined, as a problem. Pure."""

from datetime import datetime
from math import ceil

from shared.jobs.limits import ACTIVE_JOBS_MAX, SPEND_CREDITS_PER_DAY_MAX
from shared.people.users import User, rests_until
from shared.providers.outcomes import DeclineReason
from shared.rest.calls import Problem

_SAID: dict[DeclineReason, tuple[int, str, str]] = {
    DeclineReason.PARENT_NOT_DONE: (409, "source-not-done", "A result to start from is not made yet."),
    DeclineReason.PARENT_DELETED: (422, "source-gone", "A result to start from is not there, or is not yours."),
    DeclineReason.PROMPT_MISSING: (422, "no-prompt", "There is no prompt."),
    DeclineReason.PROMPT_TOO_LONG: (422, "prompt-too-long", "The prompt is too long."),
    DeclineReason.FILE_TOO_LARGE: (422, "source-too-large", "A result to start from is too large."),
    DeclineReason.TOO_MANY_REFERENCES: (422, "sources-unusable", "The model cannot start from these results."),
    DeclineReason.NOT_ENOUGH_CREDITS: (402, "credits", "There are too few credits. Buy some in the bot: /buy."),
    DeclineReason.TOO_MANY_JOBS: (429, "jobs", f"There are {ACTIVE_JOBS_MAX} unfinished jobs at a time at most."),
    DeclineReason.DAILY_CAP: (429, "day", f"At most {SPEND_CREDITS_PER_DAY_MAX} credits are spent on one day."),
    DeclineReason.PERSON_RESTS: (429, "pause", "Too many jobs ended without a result: wait a little."),
    DeclineReason.ALL_REST: (503, "rest", "Nothing is made for anybody now: wait a little."),
    DeclineReason.BOOKS_WRONG: (503, "rest", "Nothing is made for anybody now: wait a little."),
    DeclineReason.SWITCHED_OFF: (503, "switched-off", "This model is switched off for now: try another one."),
}


def refuse_order(
    reason: DeclineReason, user: User, price: int, now: datetime, until: datetime | None = None
) -> Problem:
    """The problem of an order that was declined. `until`: when it may come again, if everybody has to wait."""
    status, name, detail = _SAID[reason]
    until = until or (rests_until(user, now) if reason is DeclineReason.PERSON_RESTS else None)
    wait_seconds = 0 if until is None else max(1, ceil((until - now).total_seconds()))
    is_lack = reason is DeclineReason.NOT_ENOUGH_CREDITS
    members = {"price": price, "available": user.account.available} if is_lack else {}
    return Problem(status, detail, name, {"code": reason.value, **members}, wait_seconds)
