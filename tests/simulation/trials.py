"""The small storms in which a planted fault has to show itself, and which show nothing where none is planted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared.credits.bounds import Caps
from tests.simulation.chaos import RESTLESS, ROUGH, Odds
from tests.simulation.clients import STALL_SECONDS
from tests.simulation.run import BUYERS, BUYERS_BEGIN_WITH, CLIENTS_BESIDE, play
from tests.simulation.treasurers import BEGIN_WITH, REFUSING
from tests.simulation.world import WIDE_CAPS, World

AWAY = replace(RESTLESS, away=0.3, away_seconds=(150.0, 250.0))
"""The model is away for longer than anybody waits without being told to."""
SLUGGISH = replace(ROUGH, messenger_seconds=2.0)
"""Telegram takes its time: what is abandoned is still on its way when what follows arrives."""
STALLED = replace(ROUGH, stalled=0.01, stall_seconds=120.0)
"""Workers stand still for longer than their leases, and go on as if nothing had happened."""
FEW_PICTURES = Caps(600_000, 100_000_000)
"""A dozen of them in an hour."""


@dataclass(frozen=True)
class Trial:
    """One storm."""

    seed: int
    updates: int
    odds: Odds = RESTLESS
    caps: Caps = WIDE_CAPS
    credit_count: int = 50_000
    aim: str = ""
    is_talkative: bool = False
    is_slow: bool = False
    is_buying: bool = False
    is_giving: bool = False
    is_filming: bool = False
    is_by_card: bool = False
    has_clients: bool = False
    has_purses: bool = False

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.updates} updates"

    def find_problems(self) -> list[str]:
        """Everything that must hold afterwards and does not; that it does not end is one problem too."""
        world = World(
            seed=self.seed,
            updates=self.updates,
            caps=self.caps,
            credit_count=self.credit_count,
            odds=self.odds,
            aim=self.aim,
            is_talkative=self.is_talkative,
            is_slow=self.is_slow,
            people=BUYERS if self.is_buying or self.has_purses else CLIENTS_BESIDE if self.has_clients else 60,
            is_buying=self.is_buying,
            is_giving=self.is_giving,
            is_by_card=self.is_by_card,
            has_clients=self.has_clients,
            has_purses=self.has_purses,
        )
        world.crowd.is_filming = self.is_filming
        try:
            return play(world).problems
        except (RecursionError, RuntimeError) as error:
            return [repr(error)]


CAPPED = (Trial(1, 120, caps=FEW_PICTURES),)
PATIENT = tuple(Trial(seed, 120, AWAY) for seed in (1, 2))
FRUGAL = (Trial(1, 120, credit_count=8),)
"""Nobody has credits for more than two pictures."""
FINGERED = tuple(Trial(seed, 200, Odds(impatient=1.0), aim="format") for seed in (3, 4, 6))
"""Everybody presses a button again and again that opens a keyboard."""
REPEATED = tuple(Trial(seed, 200, Odds(impatient=1.0), aim="again") for seed in (3, 5))
DELETED = tuple(Trial(seed, 200, Odds(impatient=1.0), aim="delete") for seed in (4, 5))
ORIGINALS = tuple(Trial(seed, 200, Odds(impatient=1.0), aim="original") for seed in (2, 3, 4, 5, 10))
CROWDED = (*(Trial(seed, 120) for seed in (*range(1, 5), 9, 10)), *(Trial(seed, 500) for seed in range(1, 4)))
"""For everybody who wants something. Most faults show in the first second: an innocent change of the dice must not
hide one.
"""
TALKATIVE = (
    *(Trial(seed, 150, ROUGH, is_talkative=True) for seed in (*range(1, 6), 11)),
    *(Trial(seed, 300, ROUGH, is_talkative=True) for seed in (*range(1, 5), 6, 9)),
)
"""Only people who talk."""
HURRIED = tuple(Trial(seed, 150, SLUGGISH, is_talkative=True) for seed in (3, 6))
STANDING = tuple(Trial(seed, 150, STALLED, is_talkative=True) for seed in (6, 9, 12))
MOVED = tuple(Trial(seed, 150, ROUGH) for seed in (19, 20))
"""Pictures whose edit in a group got no answer, and which go to the private chat."""
BUYING = tuple(
    Trial(seed, 300, odds, credit_count=BUYERS_BEGIN_WITH, is_buying=True)
    for seed, odds in ((1, Odds()), (1, ROUGH), (2, Odds()), (2, ROUGH), (4, Odds()))
)
"""Only people who buy credits."""
GIVING = tuple(replace(trial, is_giving=True, updates=600) for trial in BUYING)
"""Only people who buy credits and give them away."""
UNSENT = replace(ROUGH, not_sent=0.3, cards_down=0.2)
"""Telegram and the provider of card payments do not get many calls."""
BY_CARD = tuple(
    Trial(seed, 350, odds, credit_count=BUYERS_BEGIN_WITH, is_buying=True, is_by_card=True)
    for seed in (1, 2, 3, 4)
    for odds in (Odds(), UNSENT)
)
"""Only people who buy credits, also by card, and operators who return money."""
WITH_CLIENTS = tuple(Trial(seed, 150, replace(ROUGH, stall_seconds=STALL_SECONDS), has_clients=True) for seed in (1, 2))
"""People who write to operators, or have themselves erased."""
WITH_PURSES = tuple(
    Trial(seed, 200, replace(odds, stalled=0.0, model=REFUSING), credit_count=BEGIN_WITH, has_purses=True)
    for seed, odds in ((2, Odds()), (1, ROUGH), (1, Odds()), (3, Odds()), (4, Odds()), (2, ROUGH))
)
"""Only people who give credits to groups and spend them, programs, and admins."""
FILMING = tuple(Trial(seed, 40, ROUGH, is_filming=True) for seed in (1, 3, 4))
"""Only people who have videos made; some come after their credits were returned."""
SLOW = tuple(replace(trial, is_slow=True) for trial in CROWDED)
"""Pictures take the provider minutes."""


def is_noticed(trials: Iterable[Trial]) -> bool:
    """Whether one of these ends with a problem; the first that does is the last that is played."""
    return any(trial.find_problems() for trial in trials)
