"""Three admins who give credits and give those of jobs back; above a sum a second one has to agree.

A form that is not answered is sent again, and now and then two hands send it at the same time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.admin.calls import Operator
from shared.admin.change_credits import Outcome, agree, decline, order_change
from shared.admin.job_refund import find_refund, refund_keys
from shared.credits.ledger import Change, TransferKind
from shared.errors import NanoBananaError
from shared.jobs.job import JobState
from shared.people.operators import Role
from shared.ports import AppPorts
from tests.simulation.chaos import KilledError, Life
from tests.simulation.programs import as_app

if TYPE_CHECKING:
    from tests.simulation.world import World

ADMINS = (911, 912, 913)
REFERENCE = "page-{number}"
REASON = "a picture that never came"
SUMS = (1, 10, 25, 60, 60)
"""Credits of a gift; the largest needs a second admin."""
PRESENTED = range(5, 15)
REPEATED_SECONDS = (0.5, 20.0)
Act = Callable[[AppPorts], Awaitable[Outcome]]


@dataclass
class Paymasters:
    """What they do."""

    world: "World"
    given: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Reference → who gets how many credits."""
    refunded: set[str] = field(default_factory=set)
    """Jobs of which an admin wanted to give the credits back."""
    outcomes: list[tuple[str, int, Outcome]] = field(default_factory=list)
    """(reference or request, by whom, what came of it)."""

    def act(self) -> None:
        """What one of them does now."""
        dice = self.world.dice
        deed = dice.choices([self._give, self._refund, self._decide], weights=[5, 2, 5])[0]
        deed(dice.choice(ADMINS))

    def _give(self, by: int) -> None:
        dice, reference = self.world.dice, REFERENCE.format(number=len(self.given))
        self.given[reference] = user_id, credit_count = dice.choice([*PRESENTED]), dice.choice(SUMS)
        change = Change(TransferKind.GIFT, user_id, credit_count, reference, REASON)
        for _ in range(dice.choice([1, 1, 2])):
            self._send(reference, by, lambda ports: order_change(ports, _operator(by), change, "give"))

    def _refund(self, by: int) -> None:
        """Of a job that its person or a wallet paid; often of one that another admin refunds too."""
        paid = [job.id for job in self.world.jobs().values() if job.state is JobState.DELIVERED]
        if not paid:
            return
        job_id = self.world.dice.choice([*self.refunded, *paid[-3:]])
        self.refunded.add(job_id)

        async def refund(ports: AppPorts) -> Outcome:
            found = find_refund(await ports.store.read(refund_keys(job_id)))
            change = found.change(job_id, REASON)
            if change is None:
                return Outcome.UNSPENT
            return await order_change(ports, _operator(by), change, "refund", job_id)

        self._send(job_id, by, refund)

    def _decide(self, by: int) -> None:
        """Agree to a request, mostly, whoever has asked for it."""
        waiting = [name for name, each in self._list_requests() if each["state"] == "waiting"]
        if not waiting:
            return
        request_id, decide = self.world.dice.choice(waiting), self.world.dice.choice([agree, agree, agree, decline])
        self._send(request_id, by, lambda ports: decide(ports, _operator(by), request_id))

    def _list_requests(self) -> list[tuple[str, dict[str, object]]]:
        return list(self.world.store.collection("admin_requests").items())

    def _send(self, name: str, by: int, act: Act) -> None:
        """Send a form until it is answered."""

        async def repeat() -> None:
            while True:
                try:
                    outcome = await act(as_app(self.world.chaos.wrap(self.world.ports, Life())))
                except (KilledError, NanoBananaError):
                    await asyncio.sleep(self.world.dice.uniform(*REPEATED_SECONDS))
                except Exception as error:  # noqa: BLE001 — the page answers 500
                    self.world.bugs[f"{type(error).__name__}: {error}"] += 1
                    return
                else:
                    self.outcomes.append((name, by, outcome))
                    return

        self.world.spawn(repeat())


def _operator(user_id: int) -> Operator:
    return Operator(user_id, Role.ADMIN, "en", "test-form-token")
