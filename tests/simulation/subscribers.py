"""People who subscribe: Telegram's side of what is paid every month, and what people do with it.

A month of theirs passes in a moment: nothing here waits for its end, and every period is told as soon as it is paid.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.ports import Invoice

if TYPE_CHECKING:
    from tests.simulation.buyers import Buyers

Json = dict[str, Any]
Sent = list[tuple[float, bytes, int]]
LINK = "https://t.me/$"
PERIOD = timedelta(days=30)
STATES = {"off": "canceled", "on": "active", "fail": "failed"}


@dataclass
class Subscribed:
    """What Telegram knows of a subscription, beside whether the bot stopped it."""

    user_id: int
    invoice: Invoice
    charge_id: str
    """Of the first payment."""
    until: int
    """Unix time."""
    is_off: bool = False
    """The person turned its renewal off."""


@dataclass
class Subscribers:
    """What those people do; their money moves as everybody's does."""

    buyers: "Buyers"
    known: list[Subscribed] = field(default_factory=list)
    renewals: int = 0
    switches: int = 0

    def subscribe(self, user_id: int) -> Sent:
        """Open one of the links in the chat and pay, now and then one that is paid already."""
        crowd = self.buyers.crowd
        links = [
            button.url
            for shown in list(crowd.messenger.chats[user_id].values())[-20:]
            for row in shown.buttons
            for button in row
            if button.url.startswith(LINK)
        ]
        if not links:
            return self.buyers.choose_plan(user_id)
        invoice = crowd.messenger.invoice_links[crowd.dice.choice(links)]
        if not self.buyers.may_pay(user_id, invoice):
            return []
        until = int((crowd.clock.now() + PERIOD).timestamp())
        first = {"is_recurring": True, "is_first_recurring": True, "subscription_expiration_date": until}
        sent = self.buyers.charge(user_id, invoice.stars, invoice.payload, first)
        charge_id = self.buyers.charges[-1].id
        self.known.append(Subscribed(user_id, invoice, charge_id, until))
        crowd.messenger.subscriptions[user_id, charge_id] = False
        return sent

    def renew(self, user_id: int) -> Sent:
        """A month is over, and Telegram takes the Stars for the next one, unless the renewal is off or stopped."""
        running = [each for each in self._of(user_id) if not each.is_off and not self.is_stopped(each)]
        if not running:
            return self.subscribe(user_id)
        each = self.buyers.crowd.dice.choice(running)
        each.until += int(PERIOD.total_seconds())
        self.renewals += 1
        period = {"is_recurring": True, "subscription_expiration_date": each.until}
        return self.buyers.charge(user_id, each.invoice.stars, each.invoice.payload, period)

    def switch(self, user_id: int) -> Sent:
        """Turn a renewal off or on in Telegram, or have too few Stars for it: the bot is told."""
        mine = [each for each in self._of(user_id) if not self.is_stopped(each)]
        if not mine:
            return self.look(user_id)
        crowd, each = self.buyers.crowd, self.buyers.crowd.dice.choice(mine)
        act = "on" if each.is_off else crowd.dice.choice(["off", "fail"])
        each.is_off = act == "off"
        self.switches += 1
        user = {"id": user_id, "is_bot": False, "language_code": "ru" if user_id % 2 else "en"}
        told = {"user": user, "invoice_payload": each.invoice.payload, "state": STATES[act]}
        update_id = crowd._take_update_id()
        return [(0.0, json.dumps({"update_id": update_id, "subscription": told}).encode(), update_id)]

    def look(self, user_id: int) -> Sent:
        return [self.buyers.crowd._message(user_id, "/subscription", command=13)]

    def press(self, user_id: int) -> Sent:
        """*Cancel* or *Allow it again*, also where another page shows something else by now."""
        crowd = self.buyers.crowd
        pages = [
            (shown.message_id, button.data)
            for shown in list(crowd.messenger.chats[user_id].values())[-12:]
            for row in shown.buttons
            for button in row
            if button.data.startswith("1;sub;")
        ]
        if not pages:
            return self.look(user_id)
        return [crowd._press(user_id, user_id, *crowd.dice.choice(pages))]

    def is_stopped(self, each: Subscribed) -> bool:
        """Whether the bot stopped it."""
        return self.buyers.crowd.messenger.subscriptions[each.user_id, each.charge_id]

    def _of(self, user_id: int) -> list[Subscribed]:
        return [each for each in self.known if each.user_id == user_id]
