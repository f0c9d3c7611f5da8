"""How often one person may call, in one process."""

from shared.miniapp import pace
from shared.miniapp.create_form import SOURCES_MAX
from shared.miniapp.pace import CALLS_AT_ONCE, CALLS_PER_SECOND, INVOICE_CALLS, UPLOAD_CALLS, Pace
from shared.pages import ROUTES


def test_a_bucket_of_calls() -> None:
    """So many at once, then so many a second, and after a rest so many at once again."""
    each = Pace()
    assert [each.take(1, 0.0) for _ in range(CALLS_AT_ONCE)] == [0] * CALLS_AT_ONCE
    assert each.take(1, 0.0) == 1
    assert each.take(2, 0.0) == 0
    assert each.take(1, 1 / CALLS_PER_SECOND) == 0
    assert each.take(1, 1 / CALLS_PER_SECOND) == 1
    assert [each.take(1, 1e6) for _ in range(CALLS_AT_ONCE)] == [0] * CALLS_AT_ONCE
    assert each.take(1, 1e6) == 1


def test_an_upload_counts_as_several() -> None:
    """So many pictures as a form takes come at once; then each waits until it is worth its calls."""
    each, count = Pace(), CALLS_AT_ONCE // UPLOAD_CALLS
    assert count >= SOURCES_MAX
    assert [each.take(1, 0.0, UPLOAD_CALLS) for _ in range(count)] == [0] * count
    assert each.take(1, 0.0, UPLOAD_CALLS) == UPLOAD_CALLS / CALLS_PER_SECOND
    assert each.take(1, UPLOAD_CALLS / CALLS_PER_SECOND, UPLOAD_CALLS) == 0


def test_what_is_work_for_others_counts_as_several() -> None:
    """An order, an invoice and what asks Telegram: nobody fills the queues of `bot` with one call a second each."""
    counted = {route.pattern for route in ROUTES if route.counts_as == INVOICE_CALLS and not route.takes_files}
    orders = {"/create", "/buy", "/buy/card", "/subscription"}
    assert counted == {*orders, "/balance/csv", "/gallery/{job}/send", "/privacy/erase", "/privacy/export"}


def test_a_clock_that_goes_back_gives_nothing() -> None:
    """A clock that is set back fills no bucket, and empties none."""
    each = Pace()
    assert [each.take(1, 10.0) for _ in range(CALLS_AT_ONCE)] == [0] * CALLS_AT_ONCE
    assert each.take(1, 5.0) == 1


def test_many_people() -> None:
    """A process remembers so many people and forgets the one who called least recently."""
    each = Pace()
    for user_id in range(1, pace.PEOPLE_MAX + 2):
        assert each.take(user_id, 0.0) == 0
    assert len(each._buckets) == pace.PEOPLE_MAX
    assert 1 not in each._buckets
