"""Administrators who give credits to groups, members who spend them, and groups to which things happen.

One group is closed by its administrators and opened again, one becomes a supergroup, one is deleted without a word. A
storm begins a minute before midnight: limits of two days are used up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.credits import wallet
from shared.growth import book_charges, settlement
from shared.ports import Member
from tests.simulation.buyers import SMALL, Sent
from tests.simulation.givers import Givers
from tests.simulation.people import GROUP_ID, MOVED_ID, MOVING_ID

if TYPE_CHECKING:
    from tests.simulation.world import World

GONE_ID = -1005
"""It is deleted half way, and nobody tells the bot."""
PURSES = (GROUP_ID, MOVING_ID, GONE_ID)
ADMINISTRATORS, DEMOTED = (1, 2, 3, 4), 3
"""Who stays one everywhere, and who is demoted and promoted again and again."""
BUSY_ONES, BEGIN_WITH = 14, 60
"""So few that each reaches the limit of a day."""
FIRST_GIFTS, HIDING = 5, (6, 7)
"""The first deeds, and who asks for everything incognito after a while."""
AT_DESKS = 0.25
"""How often it is a program or an admin who does something."""
REFUSING = {"refused": 0.25, "busy": 0.06, "timed_out": 0.02}
"""How often the model makes nothing, so that credits come back."""
IDLE, REMOVAL_PAUSE, SETTLE_TIME = timedelta(seconds=100), timedelta(seconds=20), timedelta(seconds=15)
"""A storm lasts two minutes."""
BEFORE_MIDNIGHT = timedelta(minutes=1)
OVERTAKEN = 0.5
"""How often Telegram tells of two changes of the bot's place in the other order."""
WORDLESS = 0.3
"""How often a group becomes a supergroup without a word to the bot."""
SEEN_LAST = 12


@dataclass
class Treasurers(Givers):
    """What those people do."""

    world: "World" = field(kw_only=True)
    ordered: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """(chat, message) that gives → who, and how many."""
    askers: dict[int, int] = field(default_factory=dict)
    """Message → who ordered with it in a group."""
    numbers: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    """What names each order of a group → who ordered, and when."""
    acts: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.moves_at = self.crowd.dice.randrange(self.world.updates // 4, self.world.updates // 2)
        for group in (*PURSES, MOVED_ID):
            everybody = range(1, self.world.people + 1)
            self.world.messenger.members[group] = {
                user_id: Member(f"user {user_id}", is_administrator=user_id in ADMINISTRATORS) for user_id in everybody
            }

    def act(self, user_id: int) -> Sent:
        """What one of them does now."""
        self.acts += 1
        user_id = user_id % BUSY_ONES + 1
        if self.acts == self.moves_at:
            return self._move()
        if self.acts in {10, 20}:
            return self._hide(HIDING[self.acts // 20])
        if self.acts <= FIRST_GIFTS:
            return self._fund(user_id)
        if self.crowd.dice.random() < AT_DESKS:
            return self._let_others_work()
        deeds: list[Callable[[int], Sent]] = [
            self._order, self._fund, self._press_wallet, self._press_in_group, self._stop_in_group, self._show,
            self._place_bot, self._demote, self._look, self._choose_package, self._buy, self._regret, self._spend,
        ]  # fmt: skip
        weights = [40, 14, 9, 12, 5, 3, 2, 3, 3, 6, 16, 8, 7]
        return self.crowd.dice.choices(deeds, weights=weights)[0](user_id)

    def _let_others_work(self) -> Sent:
        """A program or an admin does something, which is no update."""
        assert self.world.programs is not None
        assert self.world.paymasters is not None
        self.crowd.dice.choice([self.world.programs.act, self.world.paymasters.act])()
        return []

    def _hide(self, user_id: int) -> Sent:
        """/incognito is on from here to the end."""
        return [self.crowd._press(user_id, user_id, 400, f"1;incognito;on;{user_id}")]

    # --- in groups ---

    def _choose_group(self) -> int:
        """One in which somebody is."""
        groups = PURSES[: 2 if self.acts > self.world.updates // 3 else 3]
        return self.crowd._now_at(self.crowd.dice.choice(groups))

    def _order(self, user_id: int) -> Sent:
        tail = self.crowd.dice.choice(["", "", " x2", " x4", " 4K"])
        number = str(self.crowd.dice.random())
        words = f"/image a fox number {number}{tail}"
        self.numbers[number] = user_id, self.crowd.clock.now()
        sent = [self.crowd._message(user_id, words, chat_id=self._choose_group(), command=6, wish=True)]
        self.askers[self.crowd.next_message_id] = user_id
        return sent

    def _fund(self, user_id: int) -> Sent:
        """Mostly an administrator does this."""
        if self.crowd.dice.random() < 0.8:
            user_id = self.crowd.dice.choice(ADMINISTRATORS)
        chat_id, count = self._choose_group(), self.crowd.dice.choice([5, 20, 1000, self._count_giftable(user_id)])
        sent = [self.crowd._message(user_id, f"/wallet {count}", chat_id=chat_id, command=7)]
        self.ordered[chat_id, self.crowd.next_message_id] = (user_id, count)
        return sent

    def _count_giftable(self, user_id: int) -> int:
        """All that they can give; 1 where there is nothing."""
        found = self.world.store.collection("users").get(str(user_id))
        return 1 if found is None else max(1, min(found["account"]["available"], found["perks"]["giftable"]))

    def _show(self, user_id: int) -> Sent:
        return [self.crowd._message(user_id, "/wallet", chat_id=self._choose_group(), command=7)]

    def _press_wallet(self, user_id: int) -> Sent:
        """A button of the wallet, mostly by an administrator; the last step of giving it up where that is asked."""
        if self.crowd.dice.random() < 0.8:
            user_id = self.crowd.dice.choice(ADMINISTRATORS)
        chat_id = self._choose_group()
        found = self._buttons(chat_id, "1;wallet")
        surely = [each for each in found if "closeyes" in each[1]]
        if not found:
            return self._show(user_id)
        return [self.crowd._press(user_id, chat_id, *self.crowd.dice.choice(surely or found))]

    def _press_in_group(self, user_id: int) -> Sent:
        """*I pay myself*, where that is asked; else some button."""
        chat_id = self._choose_group()
        own, found = self._buttons(chat_id, "1;order"), self._buttons(chat_id, "1;")
        if not found:
            return self._order(user_id)
        message_id, data = self.crowd.dice.choice(own or found)
        shown = self.crowd.messenger.chats[chat_id][message_id]
        asker = self.askers.get(shown.reply_to or 0, user_id)  # only they may answer the question
        return [self.crowd._press(asker if own else user_id, chat_id, message_id, data)]

    def _stop_in_group(self, user_id: int) -> Sent:
        return [self.crowd._message(user_id, "/cancel", chat_id=self._choose_group(), command=7)]

    def _buttons(self, chat_id: int, beginning: str) -> list[tuple[int, str]]:
        return [
            (shown.message_id, button.data)
            for shown in list(self.crowd.messenger.chats[chat_id].values())[-SEEN_LAST:]
            for row in shown.buttons
            for button in row
            if button.data.startswith(beginning)
        ]

    # --- what happens to groups ---

    def _demote(self, _: int) -> Sent:
        """An administrator is none any more, or one again; of the group that becomes a supergroup, all of them."""
        group = self._choose_group()
        members = self.world.messenger.members[group]
        for user_id in ADMINISTRATORS if group == MOVED_ID else (DEMOTED,):
            members[user_id] = Member(f"user {user_id}", is_administrator=not members[user_id].is_administrator)
        return []

    def _place_bot(self, user_id: int) -> Sent:
        """The bot is removed, and mostly let in again: within the pause or after it. Never from the supergroup."""
        if (group := self._choose_group()) == MOVED_ID:
            return self._show(user_id)
        out = self._tell_place(user_id, group, "kicked", 0)
        if self.crowd.dice.random() < 0.2:
            return [out]
        after = self.crowd.dice.choice([2, 30])
        _, body, update_id = self._tell_place(user_id, group, "member", after)
        back = (float(after), body, update_id)
        late = (after + 3.0, out[1], out[2])
        return [late if self.crowd.dice.random() < OVERTAKEN else out, back]

    def _tell_place(self, user_id: int, group: int, status: str, later_seconds: int) -> tuple[float, bytes, int]:
        told: dict[str, Any] = {
            "chat": {"id": group, "type": "supergroup"},
            "from": {"id": user_id, "is_bot": False},
            "date": int(self.crowd.clock.now().timestamp()) + later_seconds,
            "new_chat_member": {"status": status},
        }
        return self.crowd._update("my_chat_member", told)

    def _move(self) -> Sent:
        """The group becomes a supergroup; that the bot is out of the old chat may be told last."""
        self.world.messenger.migrated[MOVING_ID] = MOVED_ID
        if self.crowd.dice.random() < WORDLESS:
            return []
        here = self.crowd._message(1, "", chat_id=MOVING_ID, extra={"migrate_to_chat_id": MOVED_ID})
        there = self.crowd._message(1, "", chat_id=MOVED_ID, extra={"migrate_from_chat_id": MOVING_ID})
        _, body, update_id = self._tell_place(1, MOVING_ID, "left", 0)
        return [here, there, (self.crowd.dice.uniform(0, 10), body, update_id)]

    # --- money ---

    def _buy(self, user_id: int) -> Sent:
        """Mostly those who give."""
        user_id = self.crowd.dice.choice(ADMINISTRATORS) if self.crowd.dice.random() < 0.8 else user_id
        return self._pay(user_id)

    def _spend(self, user_id: int) -> Sent:
        """One's own credits: those do whose others lie in a wallet, so that a return leaves them a debt."""
        givers = [each for each in ADMINISTRATORS if self._count_left(each)]
        return self._wish(self.crowd.dice.choice(givers or [user_id]))

    def _regret(self, user_id: int) -> Sent:
        """The payment of somebody goes back whose credits lie in a wallet; where there is none, another's."""
        theirs = [each for each in self.charges if each.user_id in ADMINISTRATORS and not each.is_returned]
        given = [each for each in theirs if self._lies_in_wallet(each.user_id)]
        return self._return((given or theirs)[0]) if theirs else self._get_back(user_id)

    def _lies_in_wallet(self, user_id: int) -> bool:
        """Whether this person would owe, if a small purchase went back, what still lies in wallets."""
        found = self.world.store.collection("users").get(str(user_id))
        has = 0 if found is None else found["account"]["available"]
        return self._count_left(user_id) > 0 and has < SMALL.credits

    def _count_left(self, user_id: int) -> int:
        """What is left in wallets of what this person gave."""
        assert self.world.watch is not None
        return sum(wallet.share_of(each, user_id) for each in self.world.watch.wallets.values())


def shorten_wallet_times(patch: pytest.MonkeyPatch) -> None:
    """Let wallets that nobody uses, and those of groups that removed the bot, close within a storm."""
    patch.setattr(book_charges, "SETTLE_TIME", SETTLE_TIME)
    patch.setattr(settlement, "SETTLE_TIME", SETTLE_TIME)
    patch.setattr(wallet, "IDLE", IDLE)
    patch.setattr(wallet, "REMOVAL_PAUSE", REMOVAL_PAUSE)
