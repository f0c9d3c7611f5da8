"""Which flows of money the kills hit: a kill counts for a flow that its process had a part in during its last life."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.e2e.actors import Actors


@dataclass(frozen=True)
class Flow:
    """Deeds of people, and the functions that carry them out."""

    deeds: frozenset[str]
    functions: frozenset[str]


def _flow(functions: str, *deeds: str) -> Flow:
    return Flow(frozenset(deeds), frozenset(functions.split()))


FLOWS = {
    "purchase in Stars": _flow("webhook bot", "package", "paid"),
    "refund": _flow("webhook bot payments", "returned by Telegram", "returned by the operator", "card: return"),
    "subscription": _flow("webhook bot", "subscribed", "renewed"),
    "purchase by card": _flow("webhook bot payments sweep", "e-mail", "card: pay"),
    "subscription by card": _flow("webhook bot payments sweep", "card: renew", "plan by card"),
    "gift": _flow("webhook bot sweep", "/gift", "gift opened", "gift taken back"),
    "promo code": _flow("webhook bot", "/promo"),
    "invitation": _flow("webhook bot sweep", "came by a link", "purchase that is days old"),
    "order in the app": _flow("api bot image", "form in the app", "picture in the app", "paid in the app"),
}
OF_MONEY = frozenset(FLOWS) - {"gift", "promo code"}
"""Purchase, refund, subscription and referral, in Stars and by card, in the chat and in the app."""


@dataclass
class FlowKills:
    """Counts the kills per flow."""

    crowds: Sequence[Actors]
    counts: Counter[str] = field(default_factory=Counter)
    """The kills that hit each flow; one may hit several."""
    of_money: int = 0
    """The kills that hit any of OF_MONEY, each once."""

    def look(self) -> Counter[str]:
        """How often each deed was done so far."""
        return sum((each.deeds for each in self.crowds), Counter())

    def count(self, function: str, since: Counter[str]) -> None:
        """Note a kill of this function, whose last life began when the deeds were `since`."""
        done = self.look() - since
        hit = {
            name
            for name, flow in FLOWS.items()
            if function in flow.functions and any(done[deed] for deed in flow.deeds)
        }
        self.counts.update(hit)
        self.of_money += not hit.isdisjoint(OF_MONEY)
