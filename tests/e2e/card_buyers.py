"""People who buy credits by card at the local providers, whose money goes back now and then; and what must not be
afterwards."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from infra.local.system import System
from shared.codec import decode
from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.ledger import refund_id
from shared.payments.card_order import CardOrder, CardState, is_news
from shared.payments.payment_documents import payment_id
from tests.e2e.actors import Actors
from tests.e2e.books import Books
from tests.e2e.people import Json, list_buttons, list_urls

SEEN_LAST, RETURNED, RENEWING = 5, 0.4, 0.2
SOLD = frozenset({*PACKAGES, *PLANS})
PAGE = "/pay/"
"""In the address of a provider's page."""
BEHAVIOUR = {"repeat": 2, "delay_seconds": 0.5}
"""Each notice comes twice, and a while after the payment."""
STATE = re.compile(r'data-testid="state">(\w+)<')
ENDS = {
    "open": {CardState.OPEN},
    "paid": {CardState.PAID},
    "failed": {CardState.FAILED},
    "withdrawn": {CardState.CLOSED},
    "returned": {CardState.RETURNED, CardState.CLOSED},
}
"""What a page of a provider says, and what our order may come to: the latter of two where we had not asked before."""


@dataclass
class CardBuyers(Actors):
    """Each step is one deed: the shop, *By card*, a package, the e-mail, the page. Rubles are paid at YooKassa."""

    FIRST_ID = 501
    PAUSE_SECONDS = 0.5
    system: System | None = None
    pages: set[str] = field(default_factory=set)
    """The pages that somebody has left for good."""
    renewable: list[str] = field(default_factory=list)
    """The pages of lava.top that were paid: those of subscriptions go on."""

    async def _act(self) -> None:
        person = self.dice.choice(self.people)
        seen = (await person.bots_messages())[-SEEN_LAST:]
        links = [each for message in seen for each in list_urls(message, PAGE) if each not in self.pages]
        buttons = [(m["message_id"], data) for m in seen for data in list_buttons(m)]
        ordering = [each for each in buttons if each[1].startswith("1;cardbuy;") and each[1].split(";")[3] in SOLD]
        if self.renewable and self.dice.random() < RENEWING:
            await self._renew()
        elif links:
            await self._visit(self.dice.choice(links))
        elif any("@" in (m.get("reply_markup") or {}).get("input_field_placeholder", "") for m in seen[-2:]):
            self.deeds["e-mail"] += 1
            await person.send(f"buyer{person.id}@example.com")
        elif pressed := ordering or [each for each in buttons if each[1].startswith("1;card;")]:
            message_id, data = self.dice.choice(pressed)
            self.deeds["by card" if PLANS.keys().isdisjoint(data.split(";")[3:4]) else "plan by card"] += 1
            await self.press_button(person, message_id, data)
        else:
            self.deeds["/buy by card"] += 1
            await person.send("/buy")

    async def _visit(self, url: str) -> None:
        """Pay, or fail and try again. Some invoices are withdrawn and some payments go back, but at YooKassa only: of
        this lava.top tells nothing, and `sweep` would see it minutes later.
        """
        is_told = "RUB" in await self._read(url)
        act = self.dice.choices(["pay", "decline", "withdraw"], weights=[7, 2, 1 if is_told else 0])[0]
        self.pages |= {url} if act != "decline" else set()
        await self._tell(url, act)
        if act == "pay" and is_told and self.dice.random() < RETURNED:
            await self._tell(url, "return")
        if act == "pay" and not is_told:
            self.renewable.append(url)

    async def _renew(self) -> None:
        """A month is over for a subscription; what was paid once has no next payment."""
        url = self.dice.choice(self.renewable)
        if not await self._tell(url, "renew"):
            self.renewable.remove(url)

    async def _tell(self, url: str, act: str) -> bool:
        async with self._open() as client:
            answer = await client.post("/control/act", json={"id": url.rpartition("/")[2], "act": act})
        self.deeds[f"card: {act}"] += answer.is_success
        return answer.is_success

    async def _read(self, url: str) -> str:
        async with self._open() as client:
            return (await client.get(url)).raise_for_status().text

    def _open(self) -> httpx.AsyncClient:
        assert self.system is not None
        return httpx.AsyncClient(base_url=self.system.urls["cards"], trust_env=False)

    async def misbehave(self) -> None:
        """Have the providers tell each thing as `BEHAVIOUR` says."""
        async with self._open() as client:
            (await client.post("/control/behaviour", json=BEHAVIOUR)).raise_for_status()

    async def read_states(self, orders: dict[str, Json]) -> dict[str, str]:
        """What each order's page says; a later payment's has no link, but a page."""
        pages = {name: fields["url"] or f"{PAGE}{fields['invoice_id']}" for name, fields in orders.items()}
        found = {name: STATE.search(await self._read(url)) for name, url in pages.items()}
        return {name: match[1] for name, match in found.items() if match}

    def list_unfollowed(self, orders: dict[str, Json]) -> list[str]:
        """Later payments of subscriptions that have no orders, and orders without a payment."""
        followed = sum(bool(each.get("first_id")) for each in orders.values())
        taken = self.deeds["card: renew"]
        return [] if followed == taken else [f"{taken} later payments by card were taken, {followed} have orders"]


def list_unbooked(stored: dict[str, Json], states: dict[str, str]) -> list[str]:
    """The orders that are not yet what their page says, or whose people do not know it yet."""
    orders = [decode(CardOrder, fields) for fields in stored.values()]
    return [
        f"card order {order.id} is {order.state}, its page says {states[order.id]}"
        for order in orders
        if order.state not in ENDS[states[order.id]] or is_news(order)
    ]


def find_wrong_card_payments(books: Books, stored: dict[str, Json], states: dict[str, str]) -> list[str]:
    """Each payment at a provider is credited once, or not at all where it went back; nothing else is credited."""
    return [*list_unbooked(stored, states), *_find_wrong_bookings(books, stored, states)]


def name_card_transfers(stored: dict[str, Json]) -> set[str]:
    """The ids that the transfers of these orders have."""
    names = [payment_id(each["provider"], each["invoice_id"]) for each in stored.values()]
    return {name for each in names for name in (f"purchase:{each}", refund_id(each))}


def _find_wrong_bookings(books: Books, stored: dict[str, Json], states: dict[str, str]) -> Iterator[str]:
    booked = {each.id: each for each in books.transfers}
    for order in (decode(CardOrder, fields) for fields in stored.values()):
        name = payment_id(order.provider, order.invoice_id)
        bought, back = (booked.get(each) for each in (f"purchase:{name}", refund_id(name)))
        worth = (bought.credits if bought else 0) - (back.credits if back else 0)
        if worth != (order.credits if states[order.id] == "paid" else 0):
            yield f"card order {order.id} is {states[order.id]} and worth {worth}: {json.dumps([order.provider])}"
        if bought is not None and (bought.user_id, bought.credits) != (order.user_id, order.credits):
            yield f"card order {order.id} was credited as {bought}"
