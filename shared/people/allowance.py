"""The free credits of a day, once for each day of the person's calendar.

Whoever moves to another zone waits until it is a new day both there and where the last credits came: no move brings
them sooner than staying. Pure.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from shared.credits import ledger
from shared.credits.catalogue import DAILY_CREDITS
from shared.credits.ledger import Transfer
from shared.people.manner import zone_of
from shared.people.users import User
from shared.people.zones import FALLBACK, local_day, local_time


def take_allowance(user: User, now: datetime) -> tuple[User, Transfer] | None:
    """The user with the day's free credits; None if they have had them or need none.

    The account is topped up to DAILY_CREDITS at the first contact of a day, so unused free credits do not add up.
    Credits in a gift that may still come back count too: else each day's gift, taken back, would bring free credits.
    A person who owes credits after a refund gets none: free credits do not pay a debt.
    """
    account, zones = user.account, _zones(user)
    missing = DAILY_CREDITS - account.available - account.held - user.perks.underway
    is_new_day = all(local_day(zone, now) > user.daily_day for zone in zones)
    if not is_new_day or missing <= 0 or account.available < 0:
        return None
    day = local_day(zones[0], now)
    account, transfer = ledger.grant_allowance(account, user.id, missing, day, now)
    return replace(user, account=account, daily_day=day, daily_zone=zones[0]), transfer


def next_credits_at(user: User, now: datetime) -> datetime:
    """When the next free credits are granted to somebody who has had today's."""
    return max(_next_day(zone, user.daily_day, now) for zone in _zones(user))


def _zones(user: User) -> tuple[str, str]:
    """The person's zone, and the one where the last free credits came."""
    return zone_of(user.manner, user.language or ""), user.daily_zone or FALLBACK


def _next_day(zone: str, taken: str, now: datetime) -> datetime:
    """When the first day begins in this zone that is after today and after the day of the last credits."""
    here = local_time(zone, now)
    last = max(here.date(), date.fromisoformat(taken)) if taken else here.date()
    return datetime.combine(last + timedelta(days=1), time(), here.tzinfo).astimezone(UTC)
