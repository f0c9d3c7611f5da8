"""An account has an id of its own, and whatever moves its credits names it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.codec import encode
from shared.credits.ledger import Account, Change, TransferKind, welcome
from shared.credits.transfer_documents import create_transfer
from shared.hash_ids import is_id
from shared.people.change_credits import change_credits
from shared.people.links import account_id_of, name_account, telegram_link
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.ports import Create
from tests.world import ME, OTHER, World, writes_to

FOX = "a red fox"
MINE = account_id_of("telegram:501")


def names_in(world: World) -> set[str]:
    """Every account that a user, a job or a transfer names."""
    return {
        *(fields["account"].get("id", "") for fields in world.store.collection("users").values()),
        *(job.payer for job in world.jobs()),
        *(transfer.account_id for transfer in world.transfers()),
    }


async def write_as_before(world: World) -> None:
    """What a release from before accounts had ids writes at a first contact."""
    account, gift = welcome(Account(), ME, 20, world.now)
    fields = encode(User(ME, world.now, account))
    del fields["account"]["id"], fields["account"]["links"]
    transfer = create_transfer(gift)
    del transfer.fields["account_id"]
    await world.store.commit([Create(user_key(ME), fields), transfer])


@given(first=st.integers(1), second=st.integers(1))
def test_an_id_stands_for_one_link(first: int, second: int) -> None:
    """The same link makes the same id, another one another; neither is a number of Telegram's."""
    ids = [account_id_of(telegram_link(user_id)) for user_id in (first, second)]
    assert all(map(is_id, ids))
    assert (ids[0] == ids[1]) == (first == second)


def test_a_name_stays() -> None:
    """An account that has an id keeps it and its links, whoever opens it."""
    account = replace(name_account(Account(20), ME), links=("telegram:501", "email:a@example.org"))
    assert name_account(account, ME) == name_account(account, OTHER) == account


async def test_whatever_is_written_names_the_account() -> None:
    """User, jobs and transfers, from the welcome gift to the capture and an operator's change."""
    world = World()
    await world.send(world.message(FOX))
    await change_credits(world.store, world.clock, Change(TransferKind.GIFT, ME, 5, "ticket-1", "Thank you"))
    assert world.user().account.links == ("telegram:501",)
    assert {transfer.kind for transfer in world.transfers()} >= {"credit", "hold", "capture", "gift"}
    assert names_in(world) == {MINE}
    world.check_money()


async def test_two_first_contacts_make_one_account() -> None:
    """Where another message of the same person is faster, both use one account, whose id is the same."""
    world = World()
    other = world.message("a blue owl")
    world.store.interrupt(writes_to("users"), lambda: world.deliver(other))
    await world.send(world.message(FOX))
    assert len(world.jobs()) == 2
    assert names_in(world) == {MINE}
    world.check_money()


async def test_an_older_release_wrote_the_account() -> None:
    """Its account gets the id with the next write; what was booked before stays as it was written."""
    world = World()
    await write_as_before(world)
    await world.send(world.message(FOX))
    assert (world.user().account.id, world.user().account.links) == (MINE, ("telegram:501",))
    assert {transfer.id: transfer.account_id for transfer in world.transfers()} == {
        "credit:welcome:501": "",
        f"hold:{world.job().id}": MINE,
        f"capture:{world.job().id}": MINE,
    }
    world.check_money()


async def test_an_older_release_made_the_account_meanwhile() -> None:
    """Where it is faster at a first contact there is one account all the same."""
    world = World()
    world.store.interrupt(writes_to("users"), lambda: write_as_before(world))
    await world.send(world.message(FOX))
    assert names_in(world) == {"", MINE}
    world.check_money()
