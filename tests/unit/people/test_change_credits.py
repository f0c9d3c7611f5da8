"""An operator's change has one effect per reference, or none."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codec import decode, encode
from shared.credits.ledger import Account, Change, Transfer, TransferKind, welcome
from shared.credits.transfer_documents import create_transfer
from shared.errors import ConflictError, UnavailableError, UnusableChangeError
from shared.jobs.audit import audit
from shared.people.accounts import COMMAND_TRIES_MAX
from shared.people.change_credits import Changed, change_credits
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.ports import Create, Version, Write
from tests.fakes.clock import START, FakeClock
from tests.fakes.store import FakeStore

GIFT = Change(TransferKind.GIFT, 501, 20, "ticket-1", "Thank you")
TAKING = Change(TransferKind.CORRECTION, 501, -20, "ticket-1", "Given twice")


class CrowdedStore(FakeStore):
    """Loses the first rounds, in silence or after the commit was written."""

    def __init__(self, lost: int, *, is_written: bool = False) -> None:
        super().__init__()
        self.lost, self.is_written = lost, is_written

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        if not self.lost:
            return await super().commit(writes)
        self.lost -= 1
        if self.is_written:
            await super().commit(writes)
            raise UnavailableError("the answer was lost")
        raise ConflictError("somebody was faster")


async def fill(store: FakeStore) -> FakeStore:
    """One person with the welcome credits."""
    account, transfer = welcome(Account(), 501, 20, START)
    await FakeStore.commit(store, [Create(user_key(501), encode(User(501, START, account))), create_transfer(transfer)])
    return store


def read_books(store: FakeStore) -> tuple[User, list[Transfer]]:
    user = decode(User, store.collection("users")["501"])
    transfers = [decode(Transfer, fields) for fields in store.collection("transfers").values()]
    assert audit([user], [], transfers, at_rest=True) == []
    return user, transfers


@given(credit_counts=st.lists(st.integers(-30, 30).filter(bool), max_size=8), times=st.integers(1, 3))
async def test_said_again_it_is_booked_once(credit_counts: list[int], times: int) -> None:
    """Whatever is given or taken, and however often it is said, the books are right and each change is in them once."""
    store, expected = await fill(FakeStore()), 20
    for number, credit_count in enumerate(credit_counts):
        change = Change(TransferKind.CORRECTION, 501, credit_count, f"ticket-{number}", "as agreed")
        if expected + credit_count < 0:
            with pytest.raises(UnusableChangeError, match="are there to be taken"):
                await change_credits(store, FakeClock(), change)
            continue
        expected += credit_count
        said = [await change_credits(store, FakeClock(), change) for _ in range(times)]
        assert said == [Changed(expected, is_new=not again) for again in range(times)]
        assert read_books(store)[0].account.available == expected


async def test_all_that_was_there_is_taken_once() -> None:
    """A second time is recognised although nothing is left to be taken."""
    store = await fill(FakeStore())
    assert await change_credits(store, FakeClock(), TAKING) == Changed(0, is_new=True)
    assert await change_credits(store, FakeClock(), replace(TAKING, reason="In other words")) == Changed(
        0, is_new=False
    )
    _, [_, transfer] = read_books(store)
    assert (transfer.id, transfer.note) == ("operator:ticket-1", "Given twice")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replace(GIFT, credits=21), "stands for another change already"),
        (replace(GIFT, user_id=502), "stands for another change already"),
        (replace(GIFT, kind=TransferKind.CORRECTION), "stands for another change already"),
        (replace(GIFT, user_id=502, reference="ticket-2"), "nobody with the id 502"),
        (replace(GIFT, reference="ticket-2", credits=-1), "a gift of -1 credits"),
        (replace(GIFT, reference=""), "a reference is one line"),
        (replace(GIFT, reference="a/b"), "no slash"),
        (replace(GIFT, reason="two\nlines"), "a reason is one line"),
        (replace(GIFT, reason="x" * 101), "a reason is one line"),
    ],
)
async def test_what_is_refused(change: Change, said: str) -> None:
    """A reference that is taken, a person who is unknown, words that do not fit: nothing is written."""
    store = await fill(FakeStore())
    await change_credits(store, FakeClock(), GIFT)
    before = read_books(store)
    with pytest.raises(UnusableChangeError, match=said):
        await change_credits(store, FakeClock(), change)
    assert read_books(store) == before


async def test_others_were_faster() -> None:
    """A lost round is decided anew, a bounded number of times."""
    store = await fill(CrowdedStore(COMMAND_TRIES_MAX - 1))
    assert await change_credits(store, FakeClock(), GIFT) == Changed(40, is_new=True)
    with pytest.raises(UnavailableError, match="lost 10 rounds"):
        await change_credits(await fill(CrowdedStore(COMMAND_TRIES_MAX)), FakeClock(), GIFT)


async def test_a_lost_answer_is_no_second_gift() -> None:
    """Where the commit was written and its answer lost, saying it again finds it."""
    store = await fill(CrowdedStore(1, is_written=True))
    with pytest.raises(UnavailableError):
        await change_credits(store, FakeClock(), GIFT)
    assert await change_credits(store, FakeClock(), GIFT) == Changed(40, is_new=False)
    read_books(store)
