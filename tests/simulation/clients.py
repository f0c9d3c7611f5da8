"""What people want of those who run the bot: some write to them, and some have themselves erased and come back.

Telegram's list knows of every Star that was paid: whoever was erased and pays all the same gets it back.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.ports import Button, Ports, StarTransaction
from shared.privacy import erasure
from shared.support.talk_to_support import is_of_support
from tests.fakes.messenger import Shown
from tests.simulation.buyers import ORDER_KEY, Charge, Sent
from tests.simulation.desk import DESK, OPERATORS, Desk
from tests.simulation.givers import Givers

if TYPE_CHECKING:
    from tests.simulation.world import World

Json = dict[str, Any]
WRITERS = tuple(range(5_001, 5_007))
LEAVERS = tuple(range(7_300_050_001, 7_300_050_007))
"""Who has themselves erased; nothing else contains such a number."""
ERASURE_KEY = b"e" * 32
DAY = timedelta(seconds=60)
"""How long one may change one's mind: a storm of these people lasts half an hour."""
PACE = 0.25
"""How many deeds there are in a second: slowly enough for people to be erased, and to come back, within a storm."""
STALL_SECONDS = 60.0
"""Workers that stand still are gone before an erasure removes traces: Cloud Run ends what takes longer."""
SEEN_LAST = 12


@dataclass
class LeavingBuyers(Givers):
    """Buyers whose payments Telegram lists."""

    world: "World" = field(kw_only=True)
    charges_of: dict[str, Charge] = field(default_factory=dict)

    def act(self, user_id: int) -> Sent:
        """What one of them does now: no subscriptions."""
        deeds: list[Callable[[int], Sent]] = [
            self._look, self._choose_package, self._pay, self._give, self._open, self._recall, self._type_code,
            self._invite, self._wish, self._press, self._get_back,
        ]  # fmt: skip
        return self.crowd.dice.choices(deeds, weights=[2, 4, 50, 12, 8, 2, 6, 2, 10, 4, 3])[0](user_id)

    def pay_old_invoice(self, user_id: int) -> Sent:
        """An invoice that stands in the chat of somebody erased, where there is one."""
        mine = [offer.invoice for offer in self.offers if offer.chat_id == user_id and not offer.invoice.days]
        return self.charge(user_id, mine[-1].stars, mine[-1].payload) if mine else []

    def charge(self, user_id: int, stars: int, payload: str, period: Json | None = None) -> Sent:
        """Telegram's list has it at once."""
        charge_id = f"stx{len(self.charges)}"
        listed = StarTransaction(charge_id, self.crowd.clock.now(), stars, user_id, payload)
        self.crowd.messenger.transactions.append(listed)
        sent = super().charge(user_id, stars, payload, period)
        self.charges_of[charge_id] = self.charges[-1]
        return sent

    def hear_return(self, charge_id: str) -> None:
        """Telegram has given Stars back, because it was asked to: it tells of that, once."""
        if not (charge := self.charges_of[charge_id]).is_returned:
            for delay, body, _ in super()._return(charge):
                self.world._send(body, delay)

    def _return(self, charge: Charge) -> Sent:
        """Telegram gives Stars back by itself."""
        listed = self.crowd.messenger.transactions
        paid = next(each for each in listed if each.charge_id == charge.id)
        listed.append(replace(paid, at=self.crowd.clock.now(), is_returned=True))
        return super()._return(charge)


@dataclass
class Clients:
    """What they do, and what those do who answer them."""

    world: "World"
    said: dict[tuple[int, int], bool] = field(default_factory=dict)
    """(chat, message) that may be for the operators → whether it certainly is."""

    def __post_init__(self) -> None:
        crowd = self.world.crowd
        self.buyers = LeavingBuyers(crowd, self.world.messenger.invoices, world=self.world)
        self.world.messenger.hear_return = self.buyers.hear_return
        self.desk = Desk(self.world)

    def equip(self, ports: Ports) -> Ports:
        """The same ports of a bot with operators."""
        return replace(
            ports,
            order_keys=(ORDER_KEY,),
            support_contact="@our_support",
            support_chat_id=DESK,
            erasure_keys=(ERASURE_KEY,),
            admin_ids=frozenset(OPERATORS),
        )

    def act(self) -> Sent:
        """What one of them does now."""
        dice = self.world.dice
        draw = dice.random()
        if draw < 0.15:
            return self.desk.act()
        if draw < 0.4:
            return self._write(dice.choice(WRITERS))
        return self._leave(dice.choice(LEAVERS))

    # --- who writes ---

    def _write(self, user_id: int) -> Sent:
        deeds = [self._ask, self._ask_with_words, self._say, self._reply, self._press_support, self._look_around]
        return self.world.dice.choices(deeds, weights=[10, 16, 16, 20, 6, 4])[0](user_id)

    def _ask(self, user_id: int) -> Sent:
        return [self.world.crowd._message(user_id, "/support", command=8)]

    def _ask_with_words(self, user_id: int) -> Sent:
        return self._tell(user_id, f"/support fox number {self.world.dice.random()} is black", True, command=8)

    def _say(self, user_id: int) -> Sent:
        """Plain words: for the operators within the time, else for the bot."""
        return self._tell(user_id, f"and fox number {self.world.dice.random()} is blue", False)

    def _reply(self, user_id: int) -> Sent:
        """An answer to what operators, or the bot for them, have said last."""
        theirs = [each for each in self._shown(user_id) if is_of_support([button.data for button in _buttons([each])])]
        if not theirs:
            return self._ask_with_words(user_id)
        shown = self.world.dice.choice(theirs)
        rows = [[{"text": each.label, "callback_data": each.data} for each in row] for row in shown.buttons]
        replied = {"message_id": shown.message_id, "from": {"id": self.world.crowd.bot_id, "is_bot": True}}
        extra = {"reply_to_message": replied | {"reply_markup": {"inline_keyboard": rows}}}
        return self._tell(user_id, f"no, number {self.world.dice.random()}", True, extra=extra)

    def _tell(self, user_id: int, words: str, is_certain: bool, **fields: Any) -> Sent:  # noqa: FBT001 — of a message
        sent = [self.world.crowd._message(user_id, words, **fields)]
        self.said[user_id, self.world.crowd.next_message_id] = is_certain
        return sent

    def _press_support(self, user_id: int) -> Sent:
        return self._press(user_id, "1;support") or self._ask(user_id)

    def _look_around(self, user_id: int) -> Sent:
        return [self.world.crowd._message(user_id, "/balance", command=8)]

    # --- who leaves ---

    def _leave(self, user_id: int) -> Sent:
        deeds: list[Callable[[int], Sent]] = [
            self.buyers.act, self._write, self._begin, self._be_erased, self._keep, self._question,
        ]  # fmt: skip
        return self.world.dice.choices(deeds, weights=[50, 6, 8, 30, 2, 6])[0](user_id)

    def _begin(self, user_id: int) -> Sent:
        return [self.world.crowd._message(user_id, "/start", command=6)]

    def _question(self, user_id: int) -> Sent:
        return [self.world.crowd._message(user_id, f"/ask why is {user_id} blue?", command=4)]

    def _be_erased(self, user_id: int) -> Sent:
        """The next step to it; whoever sees the last question goes first."""
        for asked_id in self.world.dice.sample(LEAVERS, len(LEAVERS)):
            if pressed := self._press(asked_id, "1;erasure;yes"):
                return pressed
        asked = self._press(user_id, "1;erasure;ask")
        return asked or [self.world.crowd._message(user_id, "/privacy", command=8)]

    def _keep(self, user_id: int) -> Sent:
        return self._press(user_id, "1;erasure;keep")

    def _press(self, user_id: int, beginning: str) -> Sent:
        """The newest such button that is still there; nothing without one."""
        for shown in reversed(self._shown(user_id)):
            if found := [each.data for each in _buttons([shown]) if each.data.startswith(beginning)]:
                return [self.world.crowd._press(user_id, user_id, shown.message_id, self.world.dice.choice(found))]
        return []

    def _shown(self, user_id: int) -> list[Shown]:
        return list(self.world.messenger.chats[user_id].values())[-SEEN_LAST:]

    # --- the end ---

    async def end(self) -> None:
        """All broadcasts end, and then everybody who leaves has themselves erased, once more or for the first time; and
        pays an invoice from before.
        """
        while open_ := self.desk.list_open():
            for delay, body, _ in self.desk.resume(open_):
                self.world._send(body, delay)
            await self._rest()
        for beginning in ("/start", "/privacy", "1;erasure;ask", "1;erasure;yes"):
            for user_id in LEAVERS:
                command = beginning if beginning.startswith("/") else ""
                sent = self._press(user_id, beginning) if not command else []
                if command:
                    sent = [self.world.crowd._message(user_id, command, command=len(command))]
                for delay, body, _ in sent:
                    self.world._send(body, delay)
            await self._rest()
        await self._rest()
        for user_id in LEAVERS:
            for delay, body, _ in self.buyers.pay_old_invoice(user_id):
                self.world._send(body, delay)
        await self._rest()

    async def _rest(self) -> None:
        """Until nothing is under way."""
        await asyncio.sleep(30)
        for _ in range(240):
            if not self.world.pending and not self.world._is_open():
                return
            await asyncio.sleep(30)


def _buttons(shown: Sequence[Shown]) -> list[Button]:
    return [button for each in shown for row in each.buttons for button in row]


def shorten_the_day(patch: pytest.MonkeyPatch) -> None:
    """Let people be erased within a storm."""
    patch.setattr(erasure, "DAY", DAY)
