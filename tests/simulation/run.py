"""The whole system in one process and in virtual time, under a seeded storm; and what must hold afterwards."""

import argparse
import logging
import sys
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, replace

import pytest

from shared.people import talk
from tests.simulation.card_buyers import shorten_nights
from tests.simulation.chaos import ROUGH, Odds
from tests.simulation.clients import STALL_SECONDS, shorten_the_day
from tests.simulation.givers import shorten_days
from tests.simulation.treasurers import BEGIN_WITH, REFUSING, shorten_wallet_times
from tests.simulation.verdict import find_problems
from tests.simulation.virtual_time import run_virtually
from tests.simulation.world import TIGHT_CAPS, WIDE_CAPS, World

BUYERS, BUYERS_BEGIN_WITH = 27, 10
"""So few people that each buys often, and their credits: for two pictures."""
CLIENTS_BESIDE = 30
"""How many other people there are where some write to operators, or have themselves erased."""
TIGHT = 9
"""The last digit of the seeds of storms with little to spend."""


@dataclass
class Outcome:
    """What a run came to."""

    seed: int
    updates: int
    problems: list[str]
    facts: Counter[str]


def simulate(
    seed: int,
    updates: int,
    odds: Odds | None = None,
    *,
    is_slow: bool = False,
    is_talkative: bool = False,
    is_filming: bool = False,
    is_batching: bool = False,
    is_buying: bool = False,
    is_giving: bool = False,
    is_by_card: bool = False,
    has_clients: bool = False,
    has_purses: bool = False,
) -> Outcome:
    """One run. In one of ten, what models may cost is soon spent."""
    caps = TIGHT_CAPS if seed % 10 == TIGHT else WIDE_CAPS
    world = World(seed, updates, caps, odds=odds or Odds(), is_slow=is_slow, is_talkative=is_talkative)
    if is_buying or is_giving or is_by_card:
        world = World(
            seed,
            updates,
            caps,
            BUYERS_BEGIN_WITH,
            BUYERS,
            odds or Odds(),
            is_buying=True,
            is_giving=is_giving,
            is_by_card=is_by_card,
        )
    if has_clients:
        calm = replace(odds or Odds(), stall_seconds=STALL_SECONDS)
        world = World(seed, updates, caps, people=CLIENTS_BESIDE, odds=calm, has_clients=True)
    if has_purses:
        refusing = replace(odds or Odds(), stalled=0.0, model=REFUSING)
        world = World(seed, updates, caps, BEGIN_WITH, BUYERS, refusing, has_purses=True)
    world.crowd.is_filming, world.crowd.is_batching = is_filming, is_batching
    return play(world)


def play(world: World) -> Outcome:
    """What became of this world, in which whoever chose no mode is in *Picture*: the verdict knows by the words alone
    what asks for what.
    """
    with redirect_stdout(world.said), pytest.MonkeyPatch.context() as patch:
        patch.setattr(talk, "DEFAULT_MODE", "picture")
        if world.is_giving or world.has_clients or world.has_purses:
            shorten_days(patch)
        if world.has_clients:
            shorten_the_day(patch)
        if world.has_purses:
            shorten_wallet_times(patch)
        if world.is_by_card:
            shorten_nights(patch)
        return run_virtually(_run(world))


async def _run(world: World) -> Outcome:
    sent = await world.run()
    return Outcome(world.seed, sent, find_problems(world), world.facts)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the simulation and say what broke.")
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--rough", action="store_true")
    parser.add_argument("--slow", action="store_true", help="pictures take the provider minutes")
    parser.add_argument("--talk", action="store_true", help="nobody does anything but talk")
    parser.add_argument("--film", action="store_true", help="nobody does anything but have videos made")
    parser.add_argument("--batch", action="store_true", help="nobody does anything but have batches made")
    parser.add_argument("--buy", action="store_true", help="everybody buys credits")
    parser.add_argument("--give", action="store_true", help="everybody buys credits and gives them away")
    parser.add_argument("--clients", action="store_true", help="people write to operators, or have themselves erased")
    parser.add_argument("--purses", action="store_true", help="groups have wallets, and everybody is in them")
    parser.add_argument(
        "--card", action="store_true", help="everybody buys credits, also by card, and some get money back"
    )
    options = parser.parse_args()
    odds = ROUGH if options.rough else Odds()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # of a process that is gone nobody asks how it ended
    failed = False
    for seed in options.seed or [1, int(time.time())]:
        started = time.perf_counter()
        kinds = {"is_slow": options.slow, "is_talkative": options.talk, "is_filming": options.film}
        kinds |= {"is_batching": options.batch, "is_buying": options.buy, "is_giving": options.give}
        kinds |= {"is_by_card": options.card, "has_clients": options.clients, "has_purses": options.purses}
        outcome = simulate(seed, options.updates, odds, **kinds)
        seconds = time.perf_counter() - started
        print(f"seed {seed}: {outcome.updates} updates, {len(outcome.problems)} problems, {seconds:.1f} s")  # noqa: T201
        print("  " + ", ".join(f"{name} {count}" for name, count in sorted(outcome.facts.items())))  # noqa: T201
        for problem in outcome.problems[:20]:
            print("  ✗", problem)  # noqa: T201
        failed = failed or bool(outcome.problems)
    sys.exit(failed)


if __name__ == "__main__":
    main()
