"""Requests in a group are paid by its wallet within limits, and by nobody who did not mean it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.credits.ledger import Account, Transfer, TransferKind
from shared.credits.wallet import wallet_id_of
from shared.errors import UnavailableError
from shared.jobs.job import JobState
from shared.jobs.wallet_documents import open_wallet, write_wallet
from shared.people.accounts import change_user, open_user
from shared.people.users import User
from shared.providers.outcomes import Refused
from tests.unit.growth.buying import available, pass_time
from tests.unit.wallets.conftest import GIVEN, set_wallet, wallet_of
from tests.world import GROUP, OTHER, World, writes_to

PRICE = 4
"""Of a picture with the usual settings."""


def image(world: World, user_id: int = OTHER, words: str = "a red fox") -> dict[str, object]:
    return world.message(f"/image {words}", user_id=user_id, chat_id=GROUP)


def count_kinds(world: World) -> Counter[TransferKind]:
    return Counter(each.kind for each in world.transfers())


async def test_the_wallet_pays(wallet: World) -> None:
    """A member's picture is paid by the wallet, the card says so, and the member's own credits stay as they were."""
    await wallet.send(wallet.message("/start", user_id=OTHER))
    before = available(wallet, OTHER)
    update = image(wallet)
    await wallet.deliver(update)
    assert "The group's wallet pays" in wallet.shown(GROUP).text
    await wallet.send(update, update)
    assert wallet.job().request.price == PRICE
    assert (available(wallet, OTHER), wallet_of(wallet).credits) == (before, GIVEN - PRICE)
    assert wallet_of(wallet).spent == {str(OTHER): PRICE}
    assert "The group's wallet pays" not in wallet.shown(GROUP).text
    wallet.check_money()


async def test_several_pictures_in_one_order(wallet: World) -> None:
    """Each picture of an order has a grant of its own, and what one did not cost goes back alone."""
    wallet.model.script("a red fox", Refused("SAFETY"))
    await wallet.send(image(wallet, words="a red fox x2"))
    assert wallet_of(wallet).credits == GIVEN - PRICE
    assert count_kinds(wallet)[TransferKind.GRANT] == 2
    assert count_kinds(wallet)[TransferKind.REGRANT] == 1
    wallet.check_money()


async def test_what_fails_goes_back(wallet: World) -> None:
    """A refused picture gives its price back to the wallet and to the member's limit of the day, and says so."""
    wallet.model.script("a red fox", Refused("SAFETY"))
    await wallet.send(image(wallet))
    assert wallet.job().state is JobState.FAILED
    assert wallet_of(wallet).credits == GIVEN
    assert wallet_of(wallet).spent == {str(OTHER): 0}
    assert "has its credits back" in wallet.shown(GROUP).text
    wallet.check_money()


async def test_canceled(wallet: World) -> None:
    """A cancel gives the price back to the wallet; one that overtakes its message moves nothing."""
    update = image(wallet)
    await wallet.deliver(update)
    await wallet.send(wallet.message("/cancel", user_id=OTHER, chat_id=GROUP))
    assert wallet_of(wallet).credits == GIVEN
    wallet.check_money()


async def test_more_than_the_wallet_has(wallet: World) -> None:
    """What the wallet cannot pay is asked about; only the person's own yes spends their own credits, once."""
    await set_wallet(wallet, credits=PRICE - 1)
    update = image(wallet)
    await wallet.send(update, update)
    assert wallet.jobs() == []
    asked = wallet.shown(GROUP)
    assert "too little" in asked.text
    assert f"{PRICE} credits" in asked.buttons[0][0].label
    before = available(wallet, OTHER)
    await wallet.send(wallet.tap("order", asked, chat_id=GROUP))
    assert wallet.jobs() == []  # ME is somebody else
    press = wallet.tap("order", asked, user_id=OTHER, chat_id=GROUP)
    await wallet.send(press, press)
    assert wallet.job().wallet_id == ""
    assert (available(wallet, OTHER), wallet_of(wallet).credits) == (before - PRICE, PRICE - 1)
    wallet.check_money()


async def test_the_limit_of_a_day(wallet: World) -> None:
    """A person spends up to the limit of a UTC day; others, and the next day, have their own."""
    await set_wallet(wallet, limit=PRICE)
    await wallet.send(image(wallet), image(wallet))
    assert len(wallet.jobs()) == 1
    assert "more than the group's wallet pays for you today" in wallet.shown(GROUP).text
    await wallet.send(image(wallet, user_id=503))
    assert len(wallet.jobs()) == 2
    wallet.clock.advance(24 * 3600)
    await wallet.send(image(wallet))
    assert len(wallet.jobs()) == 3
    assert wallet_of(wallet).spent == {str(OTHER): PRICE}
    wallet.check_money()


async def test_without_own_credits(wallet: World) -> None:
    """Who has none of their own is told what helps, and gets no button that could not work."""
    await wallet.send(wallet.message("/start", user_id=503))
    poor = replace(wallet.user(503), account=Account(available=PRICE - 1))
    await change_user(wallet.ports, await open_user(wallet.ports, 503), lambda _: poor)
    await set_wallet(wallet, credits=0)
    await wallet.send(image(wallet, user_id=503))
    shown = wallet.shown(GROUP)
    assert "Ask an administrator" in shown.text
    assert shown.buttons == ()


async def test_who_owes_spends_nothing(wallet: World) -> None:
    """A debt after a refund is no reason to spend the group's credits."""
    await wallet.give(-50, 503, taken_back=50)
    await wallet.send(image(wallet, user_id=503))
    assert wallet.jobs() == []
    assert wallet_of(wallet).credits == GIVEN


async def test_a_press_in_the_group(wallet: World) -> None:
    """A button under a picture is paid by the wallet too; where it cannot, a message asks who pays."""
    await wallet.send(image(wallet))
    await wallet.send(wallet.tap("again", wallet.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    assert [job.wallet_id != "" for job in wallet.jobs()] == [True, True]
    picture = wallet.shown(GROUP)
    await set_wallet(wallet, credits=0)
    await wallet.send(wallet.tap("again", picture, user_id=OTHER, chat_id=GROUP))
    assert "too little" in wallet.shown(GROUP).text
    await wallet.send(wallet.tap("order", wallet.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    assert len(wallet.jobs()) == 3
    assert wallet.jobs()[-1].wallet_id == ""


async def test_every_kind_of_order(wallet: World) -> None:
    """The speech of an answer and a video, ordered by presses, are asked about where the wallet cannot pay them."""
    talk = wallet.message("/ask why is the sky blue?", user_id=OTHER, chat_id=GROUP)
    await wallet.send(talk)
    answer = wallet.shown(GROUP)
    await set_wallet(wallet, credits=0)
    await wallet.send(wallet.tap("speak", answer, user_id=OTHER, chat_id=GROUP))
    assert "too little" in wallet.shown(GROUP).text
    await wallet.send(wallet.tap("order", wallet.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    await wallet.give(500, 503)
    await wallet.send(wallet.message("/video a fox runs", user_id=503, chat_id=GROUP))
    review = wallet.shown(GROUP)
    for _ in range(2):  # the first press shows the price
        shown = wallet.messenger.chats[GROUP][review.message_id]
        await wallet.send(wallet.tap("vmake", shown, user_id=503, chat_id=GROUP))
    assert not any("wallet pays" in tap.toast for tap in wallet.messenger.taps)
    assert "too little" in wallet.shown(GROUP).text
    yes = wallet.tap("order", wallet.shown(GROUP), user_id=503, chat_id=GROUP)
    await wallet.send(yes, yes)
    ends = [(job.kind, job.state, job.wallet_id) for job in wallet.jobs() if job.request.price]
    done = JobState.DELIVERED
    assert sorted(ends) == [("speech", done, ""), ("video", done, "")]
    wallet.check_money()


async def test_a_video_says_who_pays(wallet: World) -> None:
    """The alert with the price names the wallet, if it can pay."""
    await wallet.send(wallet.message("/video a fox runs", user_id=OTHER, chat_id=GROUP))
    await wallet.send(wallet.tap("vmake", wallet.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    alert = wallet.messenger.taps[-1].toast
    assert ("Press once more" in alert, "The group's wallet pays" in alert, len(alert) <= 200) == (True, True, True)


async def test_a_dear_order_is_asked_about_by_the_person(wallet: World) -> None:
    """A wish above the person's limit is asked about first; after the yes the wallet pays, or asks who pays."""
    await set_wallet(wallet, limit=100)
    await wallet.give(200, 503)
    await wallet.send(image(wallet, user_id=503, words="a red fox 4K x4"))
    assert wallet.jobs() == []
    await wallet.send(wallet.tap("draw", wallet.shown(GROUP), user_id=503, chat_id=GROUP))
    wallet.check_money()


async def test_elsewhere_the_person_pays(wallet: World) -> None:
    """In the private chat, and in a group without a wallet, nothing has changed."""
    await wallet.send(wallet.message("a red fox", user_id=OTHER), wallet.message("/image an owl", chat_id=-1002))
    assert [job.wallet_id for job in wallet.jobs()] == ["", ""]
    assert wallet_of(wallet).credits == GIVEN


async def test_no_cashback_for_the_groups_credits(wallet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the wallet paid brings the member nothing back, so that gifts do not become somebody's bonus."""
    seen: list[int] = []

    def give(user: User, _: str, settled: tuple[Transfer, ...], __: datetime) -> tuple[User, tuple[Transfer, ...]]:
        seen.append(len(settled))
        return user, ()

    monkeypatch.setattr("shared.jobs.open_jobs.give_cashback", give)
    await wallet.send(image(wallet), wallet.message("/image an owl", chat_id=-1002))
    assert seen == [0, 1]


@pytest.mark.parametrize("second", [OTHER, 503])
async def test_two_at_once(wallet: World, second: int) -> None:
    """Of two requests at the same moment, of one person or two, the wallet pays no more than it has and allows."""
    await set_wallet(wallet, credits=2 * PRICE - 1, limit=2 * PRICE - 1)
    wallet.store.interrupt(writes_to("wallets"), lambda: wallet.deliver(image(wallet, user_id=second)))
    await wallet.send(image(wallet))
    assert len(wallet.jobs()) == 1
    assert wallet_of(wallet).credits == PRICE - 1
    wallet.check_money()


async def test_a_settlement_meets_another_request(wallet: World) -> None:
    """A return and a payment at the same moment are both counted."""
    wallet.model.script("a red fox", Refused("SAFETY"))
    await wallet.deliver(image(wallet))
    wallet.store.interrupt(writes_to("transfers", kind="regrant"), lambda: wallet.deliver(image(wallet, user_id=503)))
    await wallet.settle()
    assert wallet_of(wallet).credits == GIVEN - PRICE
    wallet.check_money()


@pytest.mark.parametrize("kind", ["grant", "regrant"])
async def test_a_lost_answer(wallet: World, kind: str) -> None:
    """A commit whose answer is lost is not paid, and does not come back, twice."""
    wallet.model.script("a red fox", Refused("SAFETY"))
    wallet.store.lose(writes_to("transfers", kind=kind))
    update = image(wallet)
    try:
        await wallet.send(update)
    except UnavailableError:
        await wallet.send(update)
        await pass_time(wallet, timedelta(hours=1))
    assert wallet_of(wallet).credits == GIVEN
    wallet.check_money()


async def test_a_wallet_that_leads_in_a_circle(wallet: World) -> None:
    """Such a document pays nothing, and stops nobody."""
    stored = await open_wallet(wallet.store, wallet_id_of(GROUP))
    assert stored is not None
    await wallet.store.commit([write_wallet(stored, replace(stored.wallet, moved_to=stored.key.id))])
    await wallet.send(image(wallet))
    assert wallet.job().wallet_id == ""
