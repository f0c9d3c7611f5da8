"""A world in which credits are sold by card, and what people do there."""

from dataclasses import dataclass
from datetime import timedelta

from shared.codec import decode
from shared.credits.catalogue import PACKAGES
from shared.credits.ledger import Change, TransferKind
from shared.payments.card_order import CardOrder
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.payments.sweep_card_orders import sweep_card_orders
from shared.people.change_credits import change_credits
from shared.people.subscriptions import Subscription
from tests.fakes.cards import FakeCards
from tests.world import ME, World

KEY = b"k" * 32
SMALL = PACKAGES["s"]
EMAIL = "ann@example.com"


@dataclass
class CardWorld:
    """The world and its provider."""

    world: World
    cards: FakeCards

    def credits(self, user_id: int = ME) -> int:
        return self.world.user(user_id).account.available

    def orders(self) -> list[CardOrder]:
        return [decode(CardOrder, fields) for fields in self.world.store.collection("card_orders").values()]

    def order(self) -> CardOrder:
        """The only one, or that of the subscription's first payment."""
        [order] = [each for each in self.orders() if not each.first_id]
        return order

    async def choose(self, *, user_id: int = ME, language: str = "en", name: str = "s") -> None:
        """From /buy to the press of a package or a subscription by card."""
        world = self.world
        await world.send(world.message("/buy", user_id=user_id, language=language))
        shown = world.shown(user_id)
        await world.send(world.tap("card;", shown, user_id=user_id, language=language))
        press = world.tap(f"cardbuy;{user_id};{name};", world.shown(user_id), user_id=user_id, language=language)
        await world.send(press)

    async def buy(self, *, user_id: int = ME, language: str = "en", email: str = EMAIL, name: str = "s") -> str:
        """From /buy to the link; the provider's id of the invoice."""
        await self.choose(user_id=user_id, language=language, name=name)
        await self.world.send(self.world.message(email, user_id=user_id, language=language))
        return list(self.cards.invoices)[-1]

    async def subscribe(self, *, user_id: int = ME, email: str = EMAIL) -> str:
        """From /buy to the first payment of the smallest subscription; the provider's id of its invoice."""
        invoice_id = await self.open_plan(user_id=user_id, email=email)
        self.cards.pay(invoice_id)
        await self.hear(invoice_id)
        return invoice_id

    async def open_plan(self, *, user_id: int = ME, email: str = EMAIL) -> str:
        """From /buy to the link of the smallest subscription; the provider's id of its invoice."""
        return await self.buy(user_id=user_id, email=email, name="plus")

    def subscription(self, user_id: int = ME) -> Subscription:
        [known] = self.world.user(user_id).subscriptions
        return known

    async def hear(self, invoice_id: str, told_invoice: str = "") -> None:
        """What follows from a webhook about this invoice; about its subscription if it named a payment of that."""
        await publish_card_order(self.world.tasks, card_order_id("lava", invoice_id), told_invoice)
        await self.world.settle()

    async def sweep_for(self, period: timedelta) -> None:
        """Sweep every quarter of an hour, and do what follows from it."""
        end = self.world.now + period
        while self.world.now < end:
            self.world.clock.advance(900)
            await sweep_card_orders(self.world.ports)
            await self.world.settle()

    async def spend_all(self) -> None:
        """Take all credits of the person."""
        spent = Change(TransferKind.CORRECTION, ME, -self.credits(), "t9", "spent")
        await change_credits(self.world.store, self.world.clock, spent)


async def open_card_world(world: World) -> CardWorld:
    """The world with a provider called lava, and somebody who has begun."""
    cards = FakeCards()
    world.sell(KEY, cards={"lava": cards})
    await world.send(world.message("/start"))
    return CardWorld(world, cards)
