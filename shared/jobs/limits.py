"""Limits of requests. They are checked before credits are held and before a model is asked."""

from datetime import datetime

from shared.credits.catalogue import REFERENCES_MAX
from shared.credits.ledger import spent_today
from shared.people.users import User, rests_until
from shared.providers.outcomes import DeclineReason

PROMPT_CHARACTERS_MAX = 4096
"""Telegram's own limit for a message. Its apps split a longer text; we join the parts again."""
FILE_BYTES_MAX = 20 * 1024 * 1024
"""What Telegram lets bots download (core.telegram.org/bots/api#getfile)."""
ACTIVE_JOBS_MAX = 10
SPEND_CREDITS_PER_DAY_MAX = 1000


def check_request(prompt: str, file_sizes: list[int], reference_count: int) -> DeclineReason | None:
    """Why a request is invalid for anybody; sizes in bytes, `reference_count` includes the earlier version."""
    if not prompt:
        return DeclineReason.PROMPT_MISSING
    if len(prompt) > PROMPT_CHARACTERS_MAX:
        return DeclineReason.PROMPT_TOO_LONG
    if reference_count > REFERENCES_MAX:
        return DeclineReason.TOO_MANY_REFERENCES
    if any(size > FILE_BYTES_MAX for size in file_sizes):
        return DeclineReason.FILE_TOO_LARGE
    return None


def check_means(user: User, price: int, count: int, now: datetime) -> DeclineReason | None:
    """Why this user may not start `count` jobs at `price` credits each now; None if they may."""
    return check_total(user, price * count, count, now)


def check_total(user: User, total: int, count: int, now: datetime) -> DeclineReason | None:
    """Why this user may not start `count` jobs for `total` credits now; None if they may."""
    account = user.account
    if account.active_jobs + count > ACTIVE_JOBS_MAX:
        return DeclineReason.TOO_MANY_JOBS
    if total > account.available:
        return DeclineReason.NOT_ENOUGH_CREDITS
    if spent_today(account, now) + total > SPEND_CREDITS_PER_DAY_MAX:
        return DeclineReason.DAILY_CAP
    if rests_until(user, now) is not None:
        return DeclineReason.PERSON_RESTS
    return None
