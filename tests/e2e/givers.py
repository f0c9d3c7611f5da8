"""People who give credits away, type promo codes and invite others, who then buy; and what must not be afterwards.

Time is the only thing that is made up: purchases are made so old that they settle.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from infra.local.system import System
from shared.adapters.clock import SystemClock
from shared.codec import decode
from shared.credits.ledger import Side
from shared.errors import ConflictError, UnavailableError
from shared.growth.gift import Gift, GiftState
from shared.growth.growth_documents import create_promo, decode_settlement
from shared.growth.promo_code import PromoCode
from shared.growth.settlement import SETTLE_TIME, Settlement, SettlementState
from shared.ports import Query, Store, Update
from tests.e2e.actors import Actors
from tests.e2e.books import Books, open_store
from tests.e2e.buyers import Buyers
from tests.e2e.people import Json, Person, list_buttons

FEW, MANY, USES_MAX = "AB23CD45EF", "GH23JK45MN", 3
"""Two codes: for few people, and for everybody."""
GIFT_LINK = re.compile(r"start=(gift_[A-Za-z0-9_-]{22})")
INVITATION = re.compile(r"start=(ref_[A-Za-z0-9_-]+)")
NEWCOMERS_FROM, NEWCOMERS_MAX = 651, 12


@dataclass
class Givers(Actors):
    """Whoever comes by an invitation is a buyer from then on."""

    FIRST_ID = 601
    PAUSE_SECONDS = 0.6
    system: System | None = None
    buyers: Buyers | None = None
    arrived: dict[int, int] = field(default_factory=dict)
    """Somebody new → by whose link."""

    async def _act(self) -> None:
        person = self.dice.choice(self.people)
        deeds = [self._give, self._open, self._type_code, self._recall, self._invite, self._age]
        await self.dice.choices(deeds, weights=[6, 6, 4, 2, 4, 2])[0](person)

    async def _give(self, person: Person) -> None:
        self.deeds["/gift"] += 1
        await person.send(f"/gift {self.dice.choice([1, 2, 5])}")

    async def _open(self, person: Person) -> None:
        """Anybody's gift; several people open one."""
        links = [each for giver in self.people for each in await self._find(GIFT_LINK, giver)]
        if links:
            self.deeds["gift opened"] += 1
            await person.send(f"/start {self.dice.choice(links)}")
        else:
            await self._give(person)

    async def _type_code(self, person: Person) -> None:
        self.deeds["/promo"] += 1
        await person.send(f"/promo {self.dice.choice([FEW, FEW.lower(), MANY])}")

    async def _recall(self, person: Person) -> None:
        found = [(m["message_id"], data) for m in await person.bots_messages() for data in list_buttons(m)]
        gifts = [each for each in found if each[1].startswith("1;ungift")]
        if not gifts:
            await self._give(person)
            return
        self.deeds["gift taken back"] += 1
        await self.press_button(person, *self.dice.choice(gifts))

    async def _invite(self, person: Person) -> None:
        """Ask for the link, or somebody new comes by it."""
        links = await self._find(INVITATION, person)
        if not links or len(self.arrived) >= NEWCOMERS_MAX:
            self.deeds["/invite"] += 1
            await person.send("/invite")
            return
        self.deeds["came by a link"] += 1
        newcomer = Person(self.telegram, NEWCOMERS_FROM + len(self.arrived))
        self.arrived[newcomer.id] = person.id
        await newcomer.send(f"/start {links[-1]}")
        assert self.buyers is not None
        self.buyers.people.append(newcomer)

    async def _find(self, link: re.Pattern[str], person: Person) -> list[str]:
        return link.findall(json.dumps(await person.bots_messages()))

    async def _age(self, _: Person) -> None:
        """Days pass for the purchases so far; a store that does not answer in time is asked another time."""
        assert self.system is not None
        with suppress(UnavailableError):
            async with open_store(self.system.urls["firestore"], self.system.options.project) as store:
                self.deeds["purchase that is days old"] += await age_purchases(store)


async def make_codes(store: Store) -> None:
    """The two codes."""
    until = SystemClock().now() + timedelta(days=1)
    await store.commit([
        create_promo(PromoCode(FEW, "few", until, credits=3, uses_max=USES_MAX)),
        create_promo(PromoCode(MANY, "many", until, credits=2, uses_max=1_000)),
    ])  # fmt: skip


async def age_purchases(store: Store) -> int:
    """Make every open purchase so old that it is due; how many that were."""
    now, count = SystemClock().now(), 0
    for record in await store.find(Query("settlements", (("state", "==", SettlementState.OPEN.value),), limit=50)):
        settlement = decode_settlement(record)
        if settlement.paid_at > now - SETTLE_TIME:
            older = {"paid_at": now - SETTLE_TIME, "sweep_at": now}
            with suppress(ConflictError):  # it was returned just now
                await store.commit([Update(record.key, older, record.version)])
                count += 1
    return count


def list_due(settlements: dict[str, Json]) -> list[str]:
    """The purchases that are due and have not settled, and those whose rewards nobody was told."""
    now = SystemClock().now()
    due = [each for each in settlements.values() if each["sweep_at"] is not None and each["sweep_at"] <= now]
    return [f"purchase {each['id']} is due" for each in due]


def find_wrong_growth(books: Books, gifts: dict[str, Json], uses: dict[str, Json], codes: dict[str, Json]) -> list[str]:
    """Each gift is with one person, and each code was used by no more people than it may be."""
    return [*_find_wrong_gifts(books, [decode(Gift, each) for each in gifts.values()]), *_find_wrong_codes(uses, codes)]


def _find_wrong_gifts(books: Books, gifts: list[Gift]) -> Iterator[str]:
    booked = {each.id: each for each in books.transfers}
    for gift in gifts:
        sent, ended = booked.get(f"sent:{gift.id}"), booked.get(f"received:{gift.id}")
        holder = gift.receiver_id if gift.state is GiftState.RECEIVED else gift.giver_id
        if sent is None or (sent.user_id, sent.credits) != (gift.giver_id, gift.credits):
            yield f"gift {gift.id} was sent as {sent}"
        if (ended is None) != (gift.state is GiftState.OPEN):
            yield f"gift {gift.id} is {gift.state} and ended as {ended}"
        if ended is not None and (ended.user_id, ended.credits) != (holder, gift.credits):
            yield f"gift {gift.id} is {gift.state} and went as {ended}"
    on_their_way = sum(
        each.credits * ((each.target is Side.GIFTS) - (each.source is Side.GIFTS)) for each in booked.values()
    )
    if on_their_way != sum(gift.credits for gift in gifts if gift.state is GiftState.OPEN):
        yield f"{on_their_way} credits are between people"


def _find_wrong_codes(uses: dict[str, Json], codes: dict[str, Json]) -> Iterator[str]:
    used = Counter(each["code"] for each in uses.values())
    for name, code in codes.items():
        if code["used"] != used[name] or used[name] > code["uses_max"] > 0:
            yield f"code {name} was used {used[name]} times and says {code['used']}"


def find_wrong_rewards(books: Books, givers: Givers, settlements: dict[str, Json]) -> list[str]:
    """Whoever came by a link and has a purchase that lasts is rewarded, once, and nobody else is."""
    rewarded = {each.id.rpartition(":")[2] for each in books.transfers if each.id.startswith("bonus:invited:")}
    purchases = [decode(Settlement, each) for each in settlements.values()]
    lasting = {each.user_id for each in purchases if each.state is SettlementState.SETTLED}
    came = {user_id for user_id in givers.arrived if user_id in books.users and books.users[user_id].perks.invited_by}
    wrong = [f"user {each} bought and was not rewarded" for each in came & lasting if str(each) not in rewarded]
    return wrong + [f"user {each} was rewarded and came by no link" for each in rewarded if int(each) not in came]
