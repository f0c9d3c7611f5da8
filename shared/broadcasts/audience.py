"""To whom a broadcast goes. Pure.

A person is read without the rest of their document, which may have any size.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from shared.codec import decode
from shared.credits.ledger import Account
from shared.errors import DocumentUnreadableError
from shared.people.news import News
from shared.people.nobody import is_nobody
from shared.ports import Record

LANGUAGES = ("", "ru", "en")
ACTIVE_DAYS = (0, 7, 30, 90)
BALANCES = ("", "low", "enough")


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets a broadcast, among those who want news and can be written to."""

    language: str = ""
    """Empty: everybody. Nobody of whom the bot does not know the language gets one for a language."""
    active_days: int = 0
    """Seen within so many days; 0: at any time."""
    balance: str = ""
    """"low": too few credits for a picture; "enough": the others; empty: everybody."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Of a user's document, what a broadcast needs."""

    id: int
    language: str | None = None
    account: Account = field(default_factory=Account)
    news: News = field(default_factory=News)
    daily_day: str = ""
    """The last day with free credits: older releases stored no day on which a person was seen."""
    erased_as: int = 0
    """As of a user: not 0 while the person is being erased."""

    @property
    def known_language(self) -> str:
        """The person's choice, or else the language of their app; empty: unknown."""
        return self.language or self.news.language


def belongs(person: Recipient, audience: Audience, price: int, began_at: datetime, now: datetime) -> bool:
    """Whether this person gets a broadcast for this audience; `price`: of a usual picture, in credits.

    Who is being erased gets none, nor a nobody, in whose name the books of an erased person go on.
    A block that was found after `began_at` leaves nobody out: this broadcast itself may have found it, and counts it.
    """
    if person.erased_as or is_nobody(person.id):
        return False
    blocked_at = person.news.blocked_at
    if person.news.is_off or (blocked_at is not None and blocked_at < began_at):
        return False
    if audience.language and person.known_language != audience.language:
        return False
    if audience.balance and (person.account.available < price) != (audience.balance == "low"):
        return False
    first_day = (now.astimezone(UTC) - timedelta(days=audience.active_days)).date().isoformat()
    return not audience.active_days or max(person.news.seen_on, person.daily_day) >= first_day


def read_person(record: Record) -> Recipient | None:
    """None if the document cannot be read, which must not hold up everybody else."""
    try:
        return decode(Recipient, record.fields)
    except DocumentUnreadableError:
        return None
