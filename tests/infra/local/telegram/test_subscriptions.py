"""Subscriptions in Stars: links, periods, and what people and the bot may do with them, as strictly as documented."""

import httpx
import pytest
import telegram
from starlette.responses import JSONResponse, Response
from telegram import LabeledPrice

from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from infra.local.telegram.subscriptions import change_subscription, pay_link
from tests.infra.local.telegram.conftest import Hook, Json, Raw, refused

PERIOD_SECONDS = 2_592_000


async def create_link(bot: telegram.Bot, stars: int = 231, period: int | None = PERIOD_SECONDS) -> str:
    return await bot.create_invoice_link(
        "300 credits", "Every 30 days", "order-1", "XTR", [LabeledPrice("credits", stars)], subscription_period=period
    )


@pytest.fixture
def agreeing(hook: Hook) -> Hook:
    """A bot that agrees to every checkout."""

    async def answer(update: Json) -> Response | None:
        query = update.get("pre_checkout_query")
        if query is None:
            return None
        return JSONResponse({"method": "answerPreCheckoutQuery", "pre_checkout_query_id": query["id"], "ok": True})

    hook.answer = answer
    return hook


async def last_payment(hook: Hook, count: int) -> Json:
    """What the bot was told of the newest of so many updates."""
    payment: Json = (await hook.wait_for(count))[-1]["message"]["successful_payment"]
    return payment


async def test_a_subscription_and_its_renewal(tg: Telegram, bot: telegram.Bot, chat: int, agreeing: Hook) -> None:
    """The bot is asked before the first payment only; each period is a charge of its own with the same payload."""
    seen = await pay_link(tg, chat, await create_link(bot))
    first = await last_payment(agreeing, 2)
    assert (first["is_recurring"], first["is_first_recurring"]) == (True, True)
    assert first["telegram_payment_charge_id"] == seen["charge_id"]
    renewed = change_subscription(tg, chat, seen["charge_id"], "renew")
    second = await last_payment(agreeing, 3)
    assert (second["invoice_payload"], second["total_amount"]) == ("order-1", 231)
    assert "is_first_recurring" not in second
    assert second["telegram_payment_charge_id"] == renewed["charge_id"] != seen["charge_id"]
    assert second["subscription_expiration_date"] == first["subscription_expiration_date"] + PERIOD_SECONDS
    transactions = (await bot.get_star_transactions()).transactions
    assert [each.amount for each in transactions] == [231, 231]
    assert await bot.refund_star_payment(chat, renewed["charge_id"])


async def test_a_link_to_pay_once(tg: Telegram, bot: telegram.Bot, chat: int, agreeing: Hook) -> None:
    """Without a period a link is an invoice, which can be paid again and again."""
    link = await create_link(bot, 25_000, None)
    charges = {(await pay_link(tg, chat, link))["charge_id"] for _ in range(2)}
    assert len(charges) == 2
    assert "is_recurring" not in await last_payment(agreeing, 4)
    assert tg.world.subscriptions == {}


async def test_a_declined_link(tg: Telegram, bot: telegram.Bot, chat: int, hook: Hook) -> None:
    """What the bot declines is not paid, and its reason is shown."""

    async def decline(update: Json) -> Response:
        query = {"pre_checkout_query_id": update["pre_checkout_query"]["id"], "ok": False, "error_message": "too old"}
        return JSONResponse({"method": "answerPreCheckoutQuery"} | query)

    hook.answer = decline
    seen = await pay_link(tg, chat, await create_link(bot))
    assert (seen["paid"], seen["error"]) == (False, "too old")
    assert tg.world.transactions == []


async def test_people_turn_it_off_and_on(tg: Telegram, bot: telegram.Bot, chat: int, agreeing: Hook) -> None:
    """The bot is told of it, by the payload alone; what is off is not renewed."""
    charge_id = (await pay_link(tg, chat, await create_link(bot)))["charge_id"]
    for act in ("cancel", "enable", "fail"):
        change_subscription(tg, chat, charge_id, act)
    updates = [each["subscription"] for each in (await agreeing.wait_for(5))[2:]]
    assert [each["state"] for each in updates] == ["canceled", "active", "failed"]
    assert all(set(each) == {"user", "invoice_payload", "state"} for each in updates)
    with pytest.raises(ControlError):
        change_subscription(tg, chat, charge_id, "enable")
    change_subscription(tg, chat, charge_id, "cancel")
    for act in ("cancel", "renew", "fail"):
        with pytest.raises(ControlError):
            change_subscription(tg, chat, charge_id, act)


async def test_the_bot_stops_and_allows(tg: Telegram, bot: telegram.Bot, chat: int, agreeing: Hook) -> None:
    """What the bot stopped its person cannot turn on before the bot allows it; both may be repeated."""
    charge_id = (await pay_link(tg, chat, await create_link(bot)))["charge_id"]
    for _ in range(2):
        assert await bot.edit_user_star_subscription(chat, charge_id, is_canceled=True)
    for act in ("renew", "enable"):
        with pytest.raises(ControlError):
            change_subscription(tg, chat, charge_id, act)
    assert await bot.edit_user_star_subscription(chat, charge_id, is_canceled=False)
    change_subscription(tg, chat, charge_id, "enable")
    assert change_subscription(tg, chat, charge_id, "renew")["charge_id"] != charge_id


async def test_refusals_of_links(bot: telegram.Bot) -> None:
    """Another period, more than 10,000 Stars for one, no price: refused."""
    with refused("SUBSCRIPTION_PERIOD_INVALID"):
        await create_link(bot, 231, 86_400)
    with refused("STARS_AMOUNT_INVALID"):
        await create_link(bot, 10_001)
    with refused("INVOICE_PRICES_INVALID"):
        await create_link(bot, 0, None)


async def test_refusals_of_edits(tg: Telegram, bot: telegram.Bot, chat: int, agreeing: Hook, raw: Raw) -> None:
    """An unknown charge, another's, an unknown person, a call that does not say what it wants: refused."""
    charge_id = (await pay_link(tg, chat, await create_link(bot)))["charge_id"]
    tg.meet(8)
    for user_id, charge, reason in (
        (chat, "stx", "CHARGE_ID_INVALID"),
        (8, charge_id, "CHARGE_ID_INVALID"),
        (9, charge_id, "USER_ID_INVALID"),
    ):
        with refused(reason):
            await bot.edit_user_star_subscription(user_id, charge, is_canceled=True)
    answer = await raw("editUserStarSubscription", {"user_id": chat, "telegram_payment_charge_id": charge_id})
    assert "is_canceled is required" in answer["description"]
    for act, user_id in (("pause", chat), ("renew", 8)):
        with pytest.raises(ControlError):
            change_subscription(tg, user_id, charge_id, act)
    with pytest.raises(ControlError):
        await pay_link(tg, chat, "https://t.me/$nothing")


async def test_over_http(tg: Telegram, bot: telegram.Bot, chat: int, agreeing: Hook) -> None:
    """The page pays a link and a tester renews by the same address as everything else."""
    async with httpx.AsyncClient(base_url=tg.url, trust_env=False) as client:
        paid = (await client.post("/control/pay", json={"user_id": chat, "link": await create_link(bot)})).json()
        act = {"user_id": chat, "charge_id": paid["charge_id"], "act": "renew"}
        assert (await client.post("/control/subscription", json=act)).json()["ok"] is True
    assert (await last_payment(agreeing, 3))["is_recurring"] is True
