"""People who buy credits, and the part of Telegram that takes their money and gives it back."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.credits.catalogue import PACKAGES
from shared.payments.checkout import answer_checkout
from shared.ports import Invoice
from tests.simulation.talkers import talks

if TYPE_CHECKING:
    from tests.simulation.people import Crowd

Json = dict[str, Any]
Sent = list[tuple[float, bytes, int]]
ORDER_KEY = b"k" * 32
LATE_SECONDS = 90.0
"""How late the message of a payment may be: the one of its return overtakes it."""
HONEST = 0.8
"""How often a checkout is what the invoice says; else its person, its price, its time or its payload is another."""
TOLD_AGAIN = 0.5
"""How often Telegram tells of one payment several times, beside the duplicates of every update."""
FRUGAL = 0.8
"""How often somebody buys so little that it is spent soon."""
SMALL = PACKAGES["s"]
GIVEN_UP = 0.1
"""How often somebody does not pay although he may."""


@dataclass(frozen=True)
class Offered:
    """An invoice that arrived in a private chat."""

    chat_id: int
    invoice: Invoice


@dataclass(frozen=True)
class Checkout:
    """A question whether somebody may pay, and whether we agreed."""

    query: Json
    is_honest: bool
    is_agreed: bool


@dataclass
class Charge:
    """Money that Telegram took."""

    id: str
    user_id: int
    stars: int
    payload: str
    is_returned: bool = False


@dataclass
class Buyers:
    """What those people do; how it travels is the crowd's business."""

    crowd: "Crowd"
    offers: list[Offered]
    charges: list[Charge] = field(default_factory=list)
    checkouts: list[Checkout] = field(default_factory=list)
    overtaken: int = 0
    """Payments that are told after their returns."""

    def act(self, user_id: int) -> Sent:
        """What one of them does now."""
        deeds = [
            self._look, self._choose_package, self._pay, self._pay_unknown, self._get_back, self._wish,
            self._press, self._change_mind,
        ]  # fmt: skip
        return self.crowd.dice.choices(deeds, weights=[8, 16, 22, 1, 8, 14, 8, 1])[0](user_id)

    # --- deeds ---

    def _look(self, user_id: int) -> Sent:
        return [self.crowd._message(user_id, "/buy", command=4)]

    def _choose_package(self, user_id: int) -> Sent:
        """A package in the shop, or the one that a wish waits for."""
        offered = [
            (shown.message_id, button.data)
            for shown in list(self.crowd.messenger.chats[user_id].values())[-12:]
            for row in shown.buttons
            for button in row
            if button.data.startswith("1;buy")
        ]
        if not offered:
            return self._look(user_id)
        small = [each for each in offered if each[1].endswith(f";{SMALL.stars};{SMALL.credits}")]
        chosen = small if small and self.crowd.dice.random() < FRUGAL else offered
        return [self.crowd._press(user_id, user_id, *self.crowd.dice.choice(chosen))]

    def _wish(self, user_id: int) -> Sent:
        """For a picture, which waits for credits where there are too few."""
        words = f"a fox number {self.crowd.dice.random()}{self.crowd.dice.choice(['', ' x4', ' 4K x4'])}"
        if talks(user_id):  # their plain words are questions
            return [self.crowd._message(user_id, f"/image {words}", command=6, wish=True)]
        return [self.crowd._message(user_id, words, wish=True)]

    def _press(self, user_id: int) -> Sent:
        """Some button of what was shown last."""
        shown = self.crowd._seen(user_id, buttons=True)
        buttons = [] if shown is None else [each for row in shown.buttons for each in row if not each.url]
        if shown is None or not buttons:
            return self._wish(user_id)
        return [self.crowd._press(user_id, user_id, shown.message_id, self.crowd.dice.choice(buttons).data)]

    def _change_mind(self, user_id: int) -> Sent:
        return [self.crowd._message(user_id, "/cancel", command=7)]

    def _pay(self, user_id: int) -> Sent:
        """Any invoice of this person, so now and then one that is paid already."""
        mine = [offer for offer in self.offers if offer.chat_id == user_id][-4:]
        if not mine:
            return self._choose_package(user_id)
        invoice = self.crowd.dice.choice(mine).invoice
        if not self._may_pay(user_id, invoice) or self.crowd.dice.random() < GIVEN_UP:
            return []
        return self._charge(user_id, invoice.stars, invoice.payload)

    def _pay_unknown(self, user_id: int) -> Sent:
        """Money for what no key of ours has signed: it was offered before the keys were replaced."""
        return self._charge(user_id, self.crowd.dice.choice([1, 51, 150]), "o0.forgotten")

    def _get_back(self, user_id: int) -> Sent:
        """An operator, or Telegram, returns one of this person's payments."""
        mine = [charge for charge in self.charges if charge.user_id == user_id and not charge.is_returned]
        if not mine:
            return self._pay(user_id)
        return self._return(self.crowd.dice.choice(mine))

    # --- Telegram ---

    def _may_pay(self, user_id: int, invoice: Invoice) -> bool:
        """Ask whether the person may pay this, and sometimes whether another may, or at another price, or too late."""
        dice, clock = self.crowd.dice, self.crowd.clock
        honest: Json = {
            "id": f"c{len(self.checkouts)}",
            "from": {"id": user_id, "language_code": "ru" if user_id % 2 else "en"},
            "currency": "XTR",
            "total_amount": invoice.stars,
            "invoice_payload": invoice.payload,
        }
        lies: list[Json] = [
            {"from": {"id": user_id % self.crowd.people + 1}},
            {"total_amount": invoice.stars - 1},
            {"total_amount": 1},
            {"currency": "USD"},
            {"invoice_payload": _mutate(invoice.payload, dice.randrange(len(invoice.payload)))},
        ]
        is_honest, is_late = dice.random() < HONEST, False
        query = honest if is_honest else honest | dice.choice(lies)
        if not is_honest and dice.random() < 0.2:
            query, is_late = honest, True
        body = json.dumps({"update_id": self.crowd._take_update_id(), "pre_checkout_query": query}).encode()
        answer = answer_checkout(body, (ORDER_KEY,), clock.now() + timedelta(hours=2 * is_late))
        self.checkouts.append(Checkout(query, is_honest, answer is not None and answer["ok"]))
        return is_honest and self.checkouts[-1].is_agreed

    def _charge(self, user_id: int, stars: int, payload: str) -> Sent:
        """Take the money and tell of it: often several times, and now and then after it was given back."""
        dice = self.crowd.dice
        charge = Charge(f"stx{len(self.charges)}", user_id, stars, payload)
        self.charges.append(charge)
        sent = [self._tell(charge, "successful_payment")]
        while dice.random() < TOLD_AGAIN:
            body, update_id = self.crowd.copy_under_new_id(sent[0][1])
            sent.append((dice.uniform(0.0, 5.0), body, update_id))
        if dice.random() < 0.1:
            self.overtaken += 1
            sent = [(delay + dice.uniform(0.0, LATE_SECONDS), body, number) for delay, body, number in sent]
            sent += self._return(charge)
        return sent

    def _return(self, charge: Charge) -> Sent:
        charge.is_returned = True
        sent = [self._tell(charge, "refunded_payment")]
        if self.crowd.dice.random() < TOLD_AGAIN:
            body, update_id = self.crowd.copy_under_new_id(sent[0][1])
            sent.append((self.crowd.dice.uniform(0.0, 5.0), body, update_id))
        return sent

    def _tell(self, charge: Charge, kind: str) -> tuple[float, bytes, int]:
        """A message about a payment, now and then in the bot's own name."""
        body: Json = {
            "currency": "XTR",
            "total_amount": charge.stars,
            "invoice_payload": charge.payload,
            "telegram_payment_charge_id": charge.id,
        }
        own: Json = {"from": {"id": self.crowd.bot_id, "is_bot": True}} if self.crowd.dice.random() < 0.1 else {}
        return self.crowd._message(charge.user_id, "", extra={kind: body} | own)


def _mutate(payload: str, at: int) -> str:
    """The payload with another character in one place."""
    return payload[:at] + ("B" if payload[at] == "A" else "A") + payload[at + 1 :]
