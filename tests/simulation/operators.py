"""Operators who give money back, by Stars and by card, and end disputed orders; what fails they say again."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.errors import NanoBananaError, UnusableChangeError
from shared.payments.card_order import CardOrder, CardState
from shared.payments.card_returns import Act
from shared.payments.card_ruling import Wanted
from shared.payments.refund_payment import refund_payment
from shared.payments.rule_card_order import Desk, rule_card_order
from shared.ports import Ports
from tests.simulation.chaos import KilledError, Life

if TYPE_CHECKING:
    from tests.simulation.world import World

REPEATED_SECONDS = (5.0, 40.0)
"""After so long an operator says again what did not work."""
SENSELESS_MAX = 8
"""An operator who is told so often that it makes no sense gives up: a provider says now and then what is not so."""


@dataclass
class Operators:
    """What they do, each command until it is done."""

    world: "World"
    done: Counter[str] = field(default_factory=Counter)

    def refund_stars(self, charge_id: str) -> None:
        """Give the Stars of a payment back: sooner or later it is booked, so that this makes sense."""

        async def refund(ports: Ports) -> None:
            await refund_payment(ports.store, ports.clock, ports.messenger, charge_id)

        self.world.spawn(self._repeat("refunds in Stars", refund, senseless_max=1_000))

    def end_card_order(self, order: CardOrder) -> None:
        """Give the money of a paid order back, or a part; credit a disputed one, or give its money back."""
        dice = self.world.dice
        act, amount = Act.REFUND, 0
        if order.state is CardState.DISPUTED:
            act = dice.choice([Act.CREDIT, Act.REFUND])
        elif dice.random() < 0.5:
            amount = max(order.amount // 3, 1)
        reference = f"ticket {self.world.facts['tickets']}"
        self.world.facts["tickets"] += 1
        wanted = Wanted(act, reference, "Olga", "as the buyer wished", amount, as_ordered=dice.random() < 0.5)

        async def rule(ports: Ports) -> None:
            await rule_card_order(Desk(ports.store, ports.clock, ports.cards), order.id, wanted)

        self.world.spawn(self._repeat(f"card orders: {act}", rule, senseless_max=SENSELESS_MAX))

    async def _repeat(self, name: str, act: Callable[[Ports], Awaitable[None]], *, senseless_max: int) -> None:
        senseless = 0
        while senseless < senseless_max:
            try:
                await act(self.world.chaos.wrap(self.world.ports, Life()))
            except (KilledError, NanoBananaError) as error:
                senseless += isinstance(error, UnusableChangeError)
                await asyncio.sleep(self.world.dice.uniform(*REPEATED_SECONDS))
            else:
                self.done[name] += 1
                return
