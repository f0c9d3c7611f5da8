"""A campaign that gives a part of what is spent back: once for each job, within its days and its limit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.credits.bonuses import cashback_fact
from shared.credits.catalogue import GROWTH
from shared.credits.ledger import Account, Side, Transfer, TransferKind
from shared.credits.offers import Cashback
from shared.errors import UnavailableError
from shared.jobs.sweep_work import sweep_work
from shared.people import cashback
from shared.people.cashback import give_cashback
from shared.people.perks import SpentInCampaign
from shared.people.users import User
from shared.ports import Write
from shared.providers.outcomes import Refused
from tests.world import ME, World

CAMPAIGN = Cashback("Winter", 25, 2, date(2026, 1, 2), date(2026, 1, 3))
RULES = replace(GROWTH, cashback=(CAMPAIGN,))
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
RELEASED = Transfer("t", TransferKind.RELEASE, Side.HELD, Side.AVAILABLE, ME, 4, NOW)
CAPTURED = replace(RELEASED, kind=TransferKind.CAPTURE)


@pytest.fixture
def campaign(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world on the first day of a campaign."""
    monkeypatch.setattr(cashback, "GROWTH", RULES)
    return world


def given(world: World) -> list[int]:
    """What came back, in the order of time."""
    return [each.credits for each in world.transfers() if each.id.startswith("bonus:cashback:")]


async def test_once_for_each_job(campaign: World) -> None:
    """A delivered picture brings its share, with its own entry; what was reserved and failed brings nothing."""
    await campaign.send(campaign.message("/image a red fox"))
    assert (campaign.user().account.available, given(campaign)) == (20 - 4 + 1, [1])
    campaign.model.script("a blue fox", Refused("SAFETY"))
    await campaign.send(campaign.message("/image a blue fox"))
    assert (campaign.user().account.available, given(campaign)) == (17, [1])
    campaign.check_money()


async def test_limit(campaign: World) -> None:
    """No more comes back to one person than the campaign's limit."""
    for number in range(4):
        await campaign.send(campaign.message(f"/image fox number {number}"))
    assert given(campaign) == [1, 1]
    assert campaign.user().perks.cashback == SpentInCampaign("Winter", 16, 2)
    campaign.check_money()


async def test_after_its_days(campaign: World) -> None:
    """Before and after its days nothing comes back, and nothing is counted."""
    campaign.clock.advance(timedelta(days=2).total_seconds())
    await campaign.send(campaign.message("/image a red fox"))
    assert (given(campaign), campaign.user().perks.cashback) == ([], None)


async def test_the_settling_worker_dies(campaign: World) -> None:
    """A worker whose commit was stored and not answered is followed by one that gives nothing more."""
    campaign.store.lose(lambda writes: any(each.key.id.startswith("bonus:cashback:") for each in writes))
    with pytest.raises(UnavailableError):
        await campaign.send(campaign.message("/image a red fox"))
    campaign.clock.advance(600)
    await sweep_work(campaign.repair_ports)
    await campaign.settle()
    assert given(campaign) == [1]
    campaign.check_money()


async def test_no_campaign_costs_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a campaign a settlement writes what it wrote before: no document and no field more."""
    commits, commit = list[Sequence[Write]](), world.store.commit

    async def note(writes: Sequence[Write]) -> object:
        commits.append(writes)
        return await commit(writes)

    monkeypatch.setattr(world.store, "commit", note)
    await world.send(world.message("/image a red fox"))
    [settled] = [writes for writes in commits if any(each.key.id.startswith("capture:") for each in writes)]
    assert sorted(each.key.collection for each in settled) == ["jobs", "transfers", "users"]
    assert world.user().perks.cashback is None


async def test_shown(campaign: World) -> None:
    """The statement has an entry and a line about the campaign; the job's receipt says what came back."""
    await campaign.send(campaign.message("/image a red fox"))
    await campaign.send(campaign.message("/balance"))
    text = campaign.shown().text
    assert "+1 · back from what you spent" in text
    assert "Until 3 January 2026 (UTC) 25 % of what you spend comes back by itself, up to 2 credits" in text
    await campaign.send(campaign.message("/receipt"))
    assert "1 credit of what you spent came back" in campaign.shown().text
    await campaign.send(campaign.message("/balance"))
    await campaign.send(campaign.tap("bal;m", campaign.shown()))
    assert "Yours so far: 1." in campaign.shown().text


def test_parts_of_a_credit_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small prices add up: what came back is always the share of all that was spent, rounded down."""
    monkeypatch.setattr(cashback, "GROWTH", replace(RULES, cashback=(replace(CAMPAIGN, percent=10, credits_max=9),)))
    user, back = User(ME, NOW, Account(100)), list[int]()
    for number in range(5):
        user, transfers = give_cashback(user, f"job-{number}", [CAPTURED], NOW)
        back.append(sum(each.credits for each in transfers))
        assert all(each.id == f"bonus:{cashback_fact(f'job-{number}')}" for each in transfers)
    assert back == [0, 0, 1, 0, 1]
    assert user.account.available == 102


def test_another_campaign_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was spent in one campaign is not counted in the next."""
    monkeypatch.setattr(cashback, "GROWTH", RULES)
    old = replace(User(ME, NOW, Account(100)).perks, cashback=SpentInCampaign("Autumn", 3, 2))
    user, back = give_cashback(replace(User(ME, NOW, Account(100)), perks=old), "job-1", [CAPTURED], NOW)
    assert (len(back), user.perks.cashback) == (1, SpentInCampaign("Winter", 4, 1))


@pytest.mark.parametrize(
    ("account", "settled"), [(Account(-1), [CAPTURED]), (Account(5), [RELEASED]), (Account(5), [])]
)
def test_nothing_comes_back(account: Account, settled: list[Transfer], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who owes gets nothing, nor does who got the credits back, or paid none."""
    monkeypatch.setattr(cashback, "GROWTH", RULES)
    user = User(ME, NOW, account)
    assert give_cashback(user, "job-1", settled, NOW) == (user, ())
