"""Which transfers are entries, and where a page ends."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.credits.ledger import ROUTES, Transfer, TransferKind
from shared.people.users import Language
from shared.statement.balance_screens import View, entry_words, read_view
from shared.statement.entries import (
    ENTRIES_SHOWN,
    MICROSECOND,
    TRANSFERS_READ,
    change_of,
    cut_page,
    keep_whole_moments,
    list_unknown_ends,
)
from shared.statement.section import Section, query_of, read_place, read_section, write_place

NOW = datetime(2026, 11, 29, 16, 0, 0, 5, tzinfo=UTC)
HOLD, CAPTURE, RELEASE = TransferKind.HOLD, TransferKind.CAPTURE, TransferKind.RELEASE


def book(kind: TransferKind, number: int, job: str = "") -> Transfer:
    """A transfer, `number` minutes ago."""
    name = f"{kind}:{job or number}"
    return Transfer(name, kind, *ROUTES[kind], 1, 4, NOW - timedelta(minutes=number), job or None)


def ids(transfers: Iterable[Transfer]) -> list[str]:
    return [each.id for each in transfers]


@pytest.mark.parametrize(("language", "date"), [("en", "29 Nov 16:00"), ("ru", "29 ноя. 16:00")])
def test_date_in_words(language: Language, date: str) -> None:
    """A line's day has its month in the person's language: 11.12 is two days, and each is somebody's."""
    assert date in entry_words(language, book(TransferKind.PURCHASE, 0), {})


def test_a_job_is_one_entry() -> None:
    """A hold is told by its end, and the rest that came back by its capture, even where that is on another page."""
    open_hold, settled = book(HOLD, 1, "open"), book(HOLD, 2, "done")
    rest, failed = book(RELEASE, 3, "part"), book(RELEASE, 4, "failed")
    found = [open_hold, settled, rest, failed]
    unknown = {key.id for key in list_unknown_ends(found)}
    assert unknown == {"capture:open", "release:open", "capture:done", "release:done", "capture:part", "capture:failed"}
    page = cut_page(found, {*ids(found), "capture:done", "capture:part"}, has_more=False)
    assert ids(page.entries) == ["hold:open", "release:failed"]
    assert page.following is None


def test_an_end_on_the_page_is_not_read_again() -> None:
    """What stands among the found transfers is known."""
    found = [book(CAPTURE, 1, "a"), book(HOLD, 2, "a"), book(RELEASE, 3, "b"), book(HOLD, 4, "b"), book(HOLD, 5)]
    assert [key.id for key in list_unknown_ends(found)] == ["capture:b"]


def test_moments_are_not_cut() -> None:
    """Transfers of one moment are on one page: what may be a part of one comes on the next page."""
    found = [book(CAPTURE, number, f"j{number}") for number in range(TRANSFERS_READ)]
    same = replace(found[-1], id="capture:same", job_id="same")
    assert keep_whole_moments(found) == found
    assert keep_whole_moments([*found, same]) == found[:-1]
    all_same = [replace(each, at=NOW) for each in [*found, same]]
    assert keep_whole_moments(all_same) == all_same


def test_full_page() -> None:
    """A page ends after its last entry, with all transfers of that moment; the next begins just below."""
    found = [book(CAPTURE, number, f"j{number}") for number in range(ENTRIES_SHOWN + 3)]
    found[ENTRIES_SHOWN] = replace(found[ENTRIES_SHOWN], at=found[ENTRIES_SHOWN - 1].at)
    page = cut_page(found, ids(found), has_more=False)
    assert len(page.entries) == ENTRIES_SHOWN + 1
    assert page.following == found[ENTRIES_SHOWN].at - MICROSECOND
    last = cut_page(found[: ENTRIES_SHOWN + 1], ids(found), has_more=False)
    assert (len(last.entries), last.following) == (ENTRIES_SHOWN + 1, None)
    short = cut_page(found[:2], ids(found), has_more=True)
    assert (len(short.entries), short.following) == (2, found[1].at - MICROSECOND)


@pytest.mark.parametrize(
    ("kind", "change"),
    [(HOLD, (-4, 4)), (CAPTURE, (0, -4)), (RELEASE, (4, -4)), (TransferKind.PURCHASE, (4, 0))],
)
def test_change(kind: TransferKind, change: tuple[int, int]) -> None:
    """What a transfer does to the two sides of a person."""
    assert change_of(book(kind, 1, "j")) == change


def test_places_come_back() -> None:
    """A time in a button is exact to the microsecond, and nonsense is the newest page."""
    assert read_place(write_place(NOW)) == NOW
    assert [read_place(text) for text in ("", "-1", "a" * 11, "ü")] == [None] * 4


def test_view_of_a_button() -> None:
    """A button keeps its section and its way; one that says neither shows the newest of all."""
    places = tuple(write_place(NOW - timedelta(days=days)) for days in range(3))
    assert read_view(("p", *places)) == View(Section.PICTURES, places)
    assert read_view(("p", *places)).until == NOW - timedelta(days=2)
    assert read_view(()) == read_view(("?", "", "!")) == View()
    assert View().until is None
    assert read_section("g") is Section.GIFTS


def test_every_kind_of_transfer_has_a_section() -> None:
    """Bonuses show whatever is neither for a job nor bought: a new kind too."""
    for kind in TransferKind:
        if kind not in {HOLD, CAPTURE, RELEASE}:
            shown = [query_of(section, 1, 10, None).where[1][2] for section in (Section.PURCHASES, Section.GIFTS)]
            assert any(kind.value in values for values in shown)
