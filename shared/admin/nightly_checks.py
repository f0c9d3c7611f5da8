"""What the checks of the night have found: payments against Telegram's list, and the books. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode
from shared.credits.spending import BOOKS, STOP
from shared.jobs.check_books import CONTROL as BOOKS_CONTROL
from shared.jobs.check_books import Check
from shared.payments.compare_payments import GapKind
from shared.payments.reconcile import CONTROL as PAYMENTS_CONTROL
from shared.payments.reconcile import Night
from shared.people.users import Language
from shared.ports import Key, Record, StarTransaction
from shared.texts import plain_text

KEYS: tuple[Key, ...] = (PAYMENTS_CONTROL, BOOKS_CONTROL, STOP)
"""The documents that `read_checks` needs, in its order."""


@dataclass(frozen=True, slots=True)
class NightlyChecks:
    """See the module's docstring."""

    compared_at: datetime | None
    """When payments were last compared to the end; None: not yet."""
    gaps: Sequence[tuple[str, int]]
    """What differed then, in words, and how often."""
    unsettled: Sequence[StarTransaction]
    """What differs for more than a week."""
    books_due_at: datetime | None
    """When the books are next checked; None: they never were."""
    books_wrong_since: datetime | None
    """None: they add up."""


def read_checks(records: Sequence[Record | None], language: Language) -> NightlyChecks:
    """The results in these documents."""
    night_record, check_record, stop = records
    night = None if night_record is None else decode(Night, night_record.fields)
    found = None if night is None else night.found
    check = None if check_record is None else decode(Check, check_record.fields)
    gaps = {} if found is None else found.gaps
    return NightlyChecks(
        None if found is None else found.at,
        [(_name_gap(kind, language), count) for kind, count in sorted(gaps.items())],
        () if night is None else night.unsettled,
        None if check is None else check.due_at,
        None if stop is None else stop.fields.get(BOOKS),
    )


def _name_gap(kind: str, language: Language) -> str:
    """The words for a gap; those of a newer release have none."""
    return plain_text(language, f"admin-gap-{kind}") if kind in set(GapKind) else kind
