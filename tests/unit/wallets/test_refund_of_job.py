"""An operator gives a job back that a group's wallet had paid: the credits go to the wallet, not to its member."""

from dataclasses import replace

import pytest

from shared.credits.wallet import close, wallet_id_of
from shared.errors import UnavailableError
from shared.jobs.wallet_documents import open_wallet, wallet_key, write_wallet
from shared.wallets.pay_wallet_back import pay_wallet_back
from tests.unit.admin.office import CHIEF, REASON, Office
from tests.unit.growth.buying import available
from tests.unit.wallets.conftest import GIVEN, wallet_of
from tests.world import GROUP, ME, OTHER, World, writes_to

PRICE = 4


@pytest.fixture
async def office(wallet: World) -> Office:
    """With a member whose picture the wallet has paid."""
    await wallet.send(wallet.message("/image a red fox", user_id=OTHER, chat_id=GROUP))
    return Office(wallet)


def path_of(office: Office) -> str:
    return f"/admin/jobs/{office.world.job().id}"


async def test_the_wallet_has_it_back(office: Office) -> None:
    """Once, in one commit that may be lost; the member's credits stay, their limit of the day is free again."""
    world, path = office.world, path_of(office)
    before = available(world, OTHER)
    assert "The credits go back to it" in (await office.get(path)).text
    world.store.lose(writes_to("wallets"))
    with pytest.raises(UnavailableError):
        await office.post(f"{path}/refund", reason=REASON)
    assert "done before" in (await office.post(f"{path}/refund", reason=REASON)).text
    assert (available(world, OTHER), wallet_of(world).credits) == (before, GIVEN)
    assert wallet_of(world).spent == {str(OTHER): 0}
    [entry] = office.audit()
    assert (entry.before, entry.after) == (str(GIVEN - PRICE), str(GIVEN))
    world.check_money()


async def test_a_second_admin_agrees(office: Office) -> None:
    """What is beyond an operator's day goes to the wallet too when another admin agrees."""
    await office.give(ME, 48)
    path = path_of(office)
    assert "another admin has to agree" in (await office.post(f"{path}/refund", reason=REASON)).text
    [request] = office.world.store.collection("admin_requests")
    before = available(office.world, OTHER)
    await office.as_other(CHIEF).post(f"/admin/requests/{request}/agree")
    assert (available(office.world, OTHER), wallet_of(office.world).credits) == (before, GIVEN)
    office.world.check_money()


async def test_an_operator_with_a_part_in_the_wallet(office: Office) -> None:
    """Whoever gave to the wallet may get its credits back one day: they neither refund to it alone nor agree to it."""
    world, path = office.world, path_of(office)
    world.ports = replace(world.ports, admin_ids=frozenset({*world.ports.admin_ids, ME}))
    page = await office.as_other(ME).post(f"{path}/refund", reason=REASON)
    assert "another admin has to agree" in page.text
    [request] = world.store.collection("admin_requests")
    await office.post(f"/admin/requests/{request}/decline")
    await office.give(ME, 48)
    await office.post(f"{path}/refund", reason="Beyond the day of this operator")
    other = next(name for name, each in world.store.collection("admin_requests").items() if each["state"] == "waiting")
    assert "Nobody can agree" in (await office.as_other(ME).post(f"/admin/requests/{other}/agree")).text
    assert wallet_of(world).credits == GIVEN - PRICE


async def test_a_wallet_that_was_given_up(office: Office) -> None:
    """It has the credits back all the same, and pays them to who gave them; without a wallet nothing moves."""
    world, path = office.world, path_of(office)
    stored = await open_wallet(world.store, wallet_id_of(GROUP))
    assert stored is not None
    await world.store.commit([write_wallet(stored, close(stored.wallet, world.now))])
    await pay_wallet_back(world.ports, wallet_id_of(GROUP))
    mine = available(world, ME)
    kept = world.store._documents.pop(wallet_key(wallet_id_of(GROUP)))
    assert "Another account" in (await office.post(f"{path}/refund", reason=REASON)).text
    world.store._documents[wallet_key(wallet_id_of(GROUP))] = kept
    await office.post(f"{path}/refund", reason=REASON)
    await pay_wallet_back(world.ports, wallet_id_of(GROUP))
    assert (available(world, ME), wallet_of(world).credits) == (mine + PRICE, 0)
    world.check_money()
