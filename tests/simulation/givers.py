"""Buyers who type promo codes, give credits away, open links and invite others."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.growth import book_charges, gift, settlement
from shared.growth.growth_documents import create_promo
from shared.growth.promo_code import PromoCode
from tests.fakes.messenger import Shown
from tests.simulation.buyers import Buyers, Sent
from tests.simulation.virtual_time import EPOCH

if TYPE_CHECKING:
    from tests.simulation.world import World

SETTLE_TIME, GIFT_LIFE = timedelta(seconds=40), timedelta(seconds=90)
"""A storm lasts minutes: days are seconds in it."""
NEWCOMERS_FROM = 1_001
CODES = ("AB23CD45EF", "GH23JK45MN", "PQ23RS45TV")
"""For five people, for everybody, and of per cent."""


@dataclass
class Givers(Buyers):
    """What those people do; in whatever they do not do here they are buyers."""

    arrived: dict[int, int] = field(default_factory=dict)
    """Somebody new → by whose link."""
    tried: set[tuple[int, int]] = field(default_factory=set)
    """(who, by whose link): of everybody who opened an invitation; some residents are as new as newcomers."""

    def act(self, user_id: int) -> Sent:
        """What one of them does now; a third of the deeds are those of newcomers."""
        if self.arrived and self.crowd.dice.random() < 1 / 3:
            user_id = self.crowd.dice.choice([*self.arrived])
        deeds: list[Any] = [
            super().act, self._choose_package, self._pay, self._regret, self._type_code, self._give, self._open,
            self._recall, self._invite, self._arrive,
        ]  # fmt: skip
        sent: Sent = self.crowd.dice.choices(deeds, weights=[8, 10, 20, 4, 8, 16, 14, 3, 3, 6])[0](user_id)
        return sent

    def _type_code(self, user_id: int) -> Sent:
        code = self.crowd.dice.choice([*CODES, CODES[0].lower(), "WRONGCODE"])
        return [self.crowd._message(user_id, f"/promo {code}", command=6)]

    def _give(self, user_id: int) -> Sent:
        return [self.crowd._message(user_id, f"/gift {self.crowd.dice.choice([1, 2, 5, 60])}", command=5)]

    def _open(self, user_id: int) -> Sent:
        """Somebody's gift, or one's own; links go round, so several people open one."""
        links = self._links("gift_")
        return self._start(user_id, links[self.crowd.dice.choice([*links])]) if links else self._give(user_id)

    def _recall(self, user_id: int) -> Sent:
        gifts = [
            (shown.message_id, button.data)
            for shown in self._shown(user_id)
            for row in shown.buttons
            for button in row
            if button.data.startswith("1;ungift")
        ]
        if not gifts:
            return self._give(user_id)
        return [self.crowd._press(user_id, user_id, *self.crowd.dice.choice(gifts))]

    def _regret(self, user_id: int) -> Sent:
        """The money of a purchase comes back after it was rewarded; where none was, any."""
        rewarded = {chat_id for chat_id in self.arrived if any("🎉" in shown.text for shown in self._shown(chat_id))}
        theirs = [charge for charge in self.charges if charge.user_id in rewarded and not charge.is_returned]
        return self._return(theirs[0]) if theirs else self._get_back(user_id)

    def _shown(self, chat_id: int) -> list[Shown]:
        return list(self.crowd.messenger.chats[chat_id].values())

    def _invite(self, user_id: int) -> Sent:
        return [self.crowd._message(user_id, "/invite", command=7)]

    def _arrive(self, user_id: int) -> Sent:
        """Somebody new comes by a link, or somebody known tries it."""
        links = self._links("ref_")
        if not links:
            return self._invite(user_id)
        inviter = self.crowd.dice.choice([*links])
        if self.crowd.dice.random() > 1 / 4:
            user_id = NEWCOMERS_FROM + len(self.arrived)
            self.arrived[user_id] = inviter
        self.tried.add((user_id, inviter))
        return self._start(user_id, links[inviter])

    def _start(self, user_id: int, payload: str) -> Sent:
        return [self.crowd._message(user_id, f"/start {payload}", command=6)]

    def _links(self, prefix: str) -> dict[int, str]:
        """The last such link of each person: who → the payload."""
        return {
            chat_id: shown.text.partition("?start=")[2].split()[0]
            for chat_id, chat in self.crowd.messenger.chats.items()
            for shown in chat.values()
            if f"?start={prefix}" in shown.text
        }


def shorten_days(patch: pytest.MonkeyPatch) -> None:
    """Let purchases settle and gifts come back within a storm."""
    patch.setattr(book_charges, "SETTLE_TIME", SETTLE_TIME)
    patch.setattr(settlement, "SETTLE_TIME", SETTLE_TIME)
    patch.setattr(gift, "GIFT_LIFE", GIFT_LIFE)


async def make_codes(world: "World") -> None:
    """The codes that go round."""
    until = EPOCH + timedelta(days=1)
    few, many, more = CODES
    await world.store.commit([
        create_promo(PromoCode(few, "few", until, credits=3, uses_max=5)),
        create_promo(PromoCode(many, "many", until, credits=2, uses_max=1_000)),
        create_promo(PromoCode(more, "more", until, percent=30)),
    ])  # fmt: skip
