"""What people do in these tests: they pay, get their money back, open links, and let days pass."""

from datetime import timedelta
from typing import Any

from shared.credits.catalogue import PACKAGES
from shared.growth.settlement import SETTLE_TIME
from shared.jobs.sweep_work import sweep_work
from shared.payments.order import Order, write_payload
from tests.world import ME, World

KEY = b"k" * 32
SMALL, MEDIUM = PACKAGES["s"], PACKAGES["m"]
Json = dict[str, Any]


def paid(world: World, *, user_id: int = ME, charge: str = "stx1", package: str = "s") -> Json:
    """Telegram's message about a payment for a package."""
    return world.message(successful_payment=_body(world, user_id, charge, package), user_id=user_id)


def returned(world: World, *, user_id: int = ME, charge: str = "stx1", package: str = "s") -> Json:
    """Telegram's message that it gave the money back."""
    return world.message(refunded_payment=_body(world, user_id, charge, package), user_id=user_id)


async def pass_time(world: World, time: timedelta = SETTLE_TIME) -> None:
    """Let time pass, and then what is due be done."""
    world.clock.advance(time.total_seconds())
    await sweep(world)


async def sweep(world: World) -> None:
    """Do what is due now."""
    await sweep_work(world.repair_ports)
    await world.settle()


async def have_bought(world: World, *, user_id: int = ME, charge: str = "stx1", package: str = "s") -> None:
    """Buy a package and keep it until it has settled."""
    await world.send(paid(world, user_id=user_id, charge=charge, package=package))
    await pass_time(world)


def find_link(world: World, user_id: int = ME) -> str:
    """The payload of the link in the last message."""
    return world.shown(user_id).text.partition("?start=")[2].split()[0]


def available(world: World, user_id: int = ME) -> int:
    """The person's credits."""
    return world.user(user_id).account.available


def _body(world: World, user_id: int, charge: str, package: str) -> Json:
    sold = PACKAGES[package]
    order = Order("order-0123456789", user_id, sold.stars, sold.credits, world.now.replace(microsecond=0))
    payload = write_payload(order, KEY)
    charged = {"invoice_payload": payload, "telegram_payment_charge_id": charge}
    return {"currency": "XTR", "total_amount": sold.stars, **charged}
