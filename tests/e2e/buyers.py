"""People who buy credits of a running system, and an operator and Telegram who give money back; and what must not be
afterwards."""

import asyncio
from collections import Counter
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from infra.local.options import LOCAL_TOKEN
from infra.local.system import System
from shared.adapters.clock import SystemClock
from shared.adapters.telegram import TelegramMessenger
from shared.credits.ledger import TransferKind
from shared.errors import UnavailableError, UnusableChangeError
from shared.payments.payment_documents import payment_id
from shared.payments.refund_payment import refund_payment
from shared.payments.take_payment import PROVIDER
from tests.e2e.actors import Actors
from tests.e2e.books import Books, open_store
from tests.e2e.people import Json, Person, list_buttons, list_urls

SEEN_LAST = 4
PAYING, RETURNING, RENEWING = 0.8, 0.15, 0.15
LINK = "https://t.me/$"
PAGE = 100


@dataclass
class Buyers(Actors):
    """People who buy; some get their money back."""

    FIRST_ID = 401
    PAUSE_SECONDS = 0.7
    system: System | None = None
    paid: set[tuple[int, int]] = field(default_factory=set)
    """(chat, message) of the invoices that were pressed."""
    returned: set[str] = field(default_factory=set)
    subscribed: dict[str, int] = field(default_factory=dict)
    """The first charge of each subscription, and whose it is."""

    async def _act(self) -> None:
        if self.dice.random() < RETURNING:
            await self._give_back()
            return
        if self.subscribed and self.dice.random() < RENEWING:
            await self._renew()
            return
        person = self.dice.choice(self.people)
        seen = (await person.bots_messages())[-SEEN_LAST:]
        invoices = [m["message_id"] for m in seen if "invoice" in m and (person.id, m["message_id"]) not in self.paid]
        packages = [(m["message_id"], data) for m in seen for data in list_buttons(m) if ";buy;" in data]
        links = [each for m in seen for each in list_urls(m, LINK)]
        if links and person.id not in self.subscribed.values():
            await self._subscribe(person, links[-1])
        elif invoices and self.dice.random() < PAYING:
            await self._pay(person, self.dice.choice(invoices))
        elif packages:
            self.deeds["package"] += 1
            await self.press_button(person, *self.dice.choice(packages))
        else:
            self.deeds["/buy"] += 1
            await person.send("/buy")

    async def _pay(self, person: Person, message_id: int) -> None:
        """Press *Pay*, once for each invoice: while the webhook is dead no money moves."""
        self.paid.add((person.id, message_id))
        done = await self.telegram.post("pay", user_id=person.id, chat_id=person.id, message_id=message_id)
        self.deeds["paid" if done["paid"] else "not paid"] += 1

    async def _subscribe(self, person: Person, link: str) -> None:
        """Pay an invoice link, and so begin a subscription; one for each person."""
        done = await self.telegram.post("pay", user_id=person.id, link=link)
        self.deeds["subscribed" if done["paid"] else "not subscribed"] += 1
        if done["paid"]:
            self.subscribed[done["charge_id"]] = person.id

    async def _renew(self) -> None:
        """A month is over, unless the renewal is turned off."""
        charge_id = self.dice.choice([*self.subscribed])
        with suppress(AssertionError):  # it is off
            about = {"user_id": self.subscribed[charge_id], "charge_id": charge_id, "act": "renew"}
            await self.telegram.post("subscription", **about)
            self.deeds["renewed"] += 1

    async def _give_back(self) -> None:
        """A payment goes back, by Telegram alone or by an operator's act."""
        assert self.system is not None
        charges = {each["id"]: each for each in await list_transactions(self.system) if "source" in each}
        left = sorted(charges.keys() - self.returned)
        if not left:
            return
        charge_id = self.dice.choice(left)
        messenger = TelegramMessenger(LOCAL_TOKEN, self.system.urls["telegram"])
        if self.dice.random() < 0.5:
            await messenger.return_stars(charges[charge_id]["source"]["user"]["id"], charge_id)
            self.returned.add(charge_id)
            self.deeds["returned by Telegram"] += 1
        else:
            with suppress(UnusableChangeError, UnavailableError):  # it is not booked yet, or to be said again
                async with open_store(self.system.urls["firestore"], self.system.options.project) as store:
                    await refund_payment(store, SystemClock(), messenger, charge_id)
                self.returned.add(charge_id)
                self.deeds["returned by the operator"] += 1
        await messenger.close()


async def list_transactions(system: System) -> list[Json]:
    """Telegram's whole list."""
    found: list[Json] = []
    async with httpx.AsyncClient(base_url=f"{system.urls['telegram']}/bot{LOCAL_TOKEN}", trust_env=False) as bot:
        while True:
            answer = (await bot.post("/getStarTransactions", json={"offset": len(found)})).raise_for_status()
            page = answer.json()["result"]["transactions"]
            found += page
            if len(page) < PAGE:
                return found
            await asyncio.sleep(0)


def find_wrong_payments(books: Books, transactions: list[Json], elsewhere: Container[str] = ()) -> list[str]:
    """Each payment at Telegram is credited once, and taken back once if it went back; nothing else is, but for the
    transfers that are about payments `elsewhere`."""
    booked = Counter(transfer.id for transfer in books.transfers)
    wanted = Counter(
        f"{TransferKind.PURCHASE if 'source' in each else TransferKind.REFUND}:{payment_id(PROVIDER, each['id'])}"
        for each in transactions
    )
    kinds = (TransferKind.PURCHASE, TransferKind.REFUND)
    ours = {name: count for name, count in booked.items() if name.partition(":")[0] in kinds}
    found = {name: count for name, count in ours.items() if name not in elsewhere}
    return [
        f"{name} is booked {found.get(name, 0)} times" for name in wanted | found if found.get(name, 0) != wanted[name]
    ]
