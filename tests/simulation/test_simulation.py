"""The storm, at the size of every day and of the night."""

import os
import time
from collections.abc import Callable

import pytest

from tests.simulation.chaos import ROUGH, Odds
from tests.simulation.clients import LEAVERS
from tests.simulation.run import simulate

UPDATES = 10_000
FIXED_SEED, DAY_SEED = 1, 1_795_953_000
FRESH_UPDATES, SLOW_UPDATES, TALK_UPDATES, FILM_UPDATES, BATCH_UPDATES, BUY_UPDATES = 1_000, 1_000, 1_000, 800, 400, 500
CLIENT_UPDATES, PURSE_UPDATES = 200, 250
"""By day; at night six fresh seeds are played in the full size."""


def fresh_seed() -> int:
    """By day a seed that is known to pass: a change is judged by what it changes, not by luck. The night has new ones.

    SIMULATION_SEED repeats a run that failed.
    """
    usual = time.time() if os.environ.get("TEST_SIZE") == "long" else DAY_SEED
    return int(os.environ.get("SIMULATION_SEED", usual))


def repeat_with(seed: int) -> str:
    return f"repeat with: make simulate A='--seed {seed}'"


# The seed is chosen when the test runs: processes that share the tests must agree on their names.
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("choose_seed", "updates"), [(lambda: FIXED_SEED, UPDATES), (fresh_seed, FRESH_UPDATES)], ids=["fixed", "fresh"]
)
def test_nothing_is_lost_doubled_or_left_held(choose_seed: Callable[[], int], updates: int) -> None:
    """10,000 updates with duplicates, disorder, kills, stalls, outages and unreadable documents leave the books and the
    chats right."""
    seed = choose_seed()
    outcome = simulate(seed, updates)
    assert outcome.problems == [], repeat_with(seed)
    assert outcome.facts["kills"] > updates * 0.01
    assert outcome.facts["duplicates"] > updates * 0.2
    assert outcome.facts["jobs"] > updates * 0.05  # in one storm of ten the cap on what models cost is soon reached
    assert outcome.facts["answers"] > updates * 0.01
    assert outcome.facts["paid by the group"] > 0


@pytest.mark.timeout(600)
def test_rough_weather() -> None:
    """Where every third upload and every twelfth other call to Telegram gets no answer, the same holds."""
    seed = fresh_seed()
    assert simulate(seed, FRESH_UPDATES, ROUGH).problems == [], f"{repeat_with(seed)} --rough"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_work_that_takes_minutes(odds: Odds) -> None:
    """Where the provider takes minutes and nobody waits, the same holds, and nothing is begun twice."""
    seed = fresh_seed()
    outcome = simulate(seed, SLOW_UPDATES, odds, is_slow=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --slow"
    assert outcome.facts["kills"] > SLOW_UPDATES * 0.01


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_people_who_talk(odds: Odds) -> None:
    """Where everybody asks, asks again before the answer, stops and forgets, each question is answered once or told why
    not, in the order in which it was sent, knows what was said before, and costs what it did cost."""
    seed = fresh_seed()
    outcome = simulate(seed, TALK_UPDATES, odds, is_talkative=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --talk"
    assert outcome.facts["answers"] > TALK_UPDATES * 0.1
    assert outcome.facts["answers stopped"] > TALK_UPDATES * 0.01
    assert outcome.facts["spoken"] > TALK_UPDATES * 0.02
    assert outcome.facts["voices"] > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_people_who_have_videos_made(odds: Odds) -> None:
    """Where everybody reviews, buys, stops and deletes videos, each is begun once, shown once and paid once, after its
    screen; and the provider keeps nothing of those whose operation was known."""
    seed = fresh_seed()
    outcome = simulate(seed, FILM_UPDATES, odds, is_filming=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --film"
    assert outcome.facts["videos delivered"] > FILM_UPDATES * 0.01
    assert outcome.facts["kills"] > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_people_who_have_batches_made(odds: Odds) -> None:
    """Where everybody asks for up to ten pictures at once, buys and stops them, each batch is bought once, each picture
    is shown and paid once, the card of each batch says how all of it ended, and each album has what was made."""
    seed = fresh_seed()
    outcome = simulate(seed, BATCH_UPDATES, odds, is_batching=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --batch"
    assert outcome.facts["batches"] > BATCH_UPDATES * 0.01
    assert outcome.facts["albums"] > 0
    assert outcome.facts["kills"] > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_people_who_buy_credits(odds: Odds) -> None:
    """Where payments and their returns are told late, often and in any order, each is booked and told once; nobody may
    pay another's invoice or another price; and what waited for credits goes on."""
    seed = fresh_seed()
    outcome = simulate(seed, BUY_UPDATES, odds, is_buying=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --buy"
    assert outcome.facts["charges"] > BUY_UPDATES * 0.05
    assert outcome.facts["charges returned"] > BUY_UPDATES * 0.01
    assert outcome.facts["invoices paid twice"] > 0
    assert outcome.facts["checkouts declined"] > 0
    assert outcome.facts["wishes that went on by themselves"] > 0
    assert outcome.facts["renewals"] > 0
    assert outcome.facts["subscriptions stopped by the bot"] > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_people_who_give_credits_away(odds: Odds) -> None:
    """Where links and codes go round and purchases are returned, each gift is with one person, each code within its
    limit, and nothing is left of what a returned purchase brought."""
    seed = fresh_seed()
    outcome = simulate(seed, BUY_UPDATES, odds, is_giving=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --give"
    assert min(outcome.facts[f"gifts {end}"] for end in ("received", "recalled")) > 0
    assert min(outcome.facts[f"purchases {end}"] for end in ("settled", "returned")) > 0
    assert outcome.facts["people invited"] > 0
    assert outcome.facts["codes used"] > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_people_who_pay_by_card(odds: Odds) -> None:
    """Where a provider loses, repeats, delays and lies, Telegram loses updates and operators return money, each payment
    is credited once for what did not go back, nobody is credited unpaid, and the nights name nothing else."""
    seed = fresh_seed()
    outcome = simulate(seed, BUY_UPDATES, odds, is_by_card=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --card"
    assert outcome.facts["card orders paid"] > BUY_UPDATES * 0.01
    assert outcome.facts["later payments by card"] > 0
    assert outcome.facts["card notices lost"] > 0
    assert outcome.facts["updates of payments lost"] > 0
    assert outcome.facts["refunds in Stars"] > 0
    assert outcome.facts["nights"] > 1


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_people_who_write_to_operators_and_leave(odds: Odds) -> None:
    """Where people write to support and have themselves erased while operators answer and write to everybody, words go
    to nobody else and not twice, nothing is left of who was erased, who comes back gets no second gift, the books add
    up, and everybody has the news once.
    """
    seed = fresh_seed()
    outcome = simulate(seed, CLIENT_UPDATES, odds, has_clients=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --clients"
    assert outcome.facts["people erased"] > len(LEAVERS), "some came back"
    assert min(outcome.facts[name] for name in ("passed on", "answered", "broadcasts done", "returned to erased")) > 0
    assert outcome.facts["kills"] > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("odds", [Odds(), ROUGH], ids=["ordinary", "rough"])
def test_groups_with_wallets(odds: Odds) -> None:
    """Where administrators give credits to groups that are removed, moved and deleted, and get their money back, each
    gift counts once, nobody spends more than the limit of a day or pays unasked, and the rest goes back to its givers.
    """
    seed = fresh_seed()
    outcome = simulate(seed, PURSE_UPDATES, odds, has_purses=True)
    assert outcome.problems == [], f"{repeat_with(seed)} --purses"
    moved = ("given to wallets", "paid by wallets", "come back to wallets", "gone back from wallets")
    assert min(outcome.facts[name] for name in moved) > 0
    assert outcome.facts["charges returned"] > 0
    assert outcome.facts["kills"] > 0


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("offset", range(6))
def test_more_clients_at_night(offset: int) -> None:
    """Six more storms of these, never the same twice."""
    seed = fresh_seed() + 2000 + offset
    assert simulate(seed, CLIENT_UPDATES, ROUGH, has_clients=True).problems == [], f"{repeat_with(seed)} --clients"


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("offset", range(6))
def test_more_seeds_at_night(offset: int) -> None:
    """Six more storms, never the same twice."""
    seed = fresh_seed() + 1000 + offset
    assert simulate(seed, UPDATES).problems == [], repeat_with(seed)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("offset", range(6))
def test_more_wallets_at_night(offset: int) -> None:
    """Six more storms around groups' wallets, never the same twice."""
    seed = fresh_seed() + 3000 + offset
    assert simulate(seed, PURSE_UPDATES, ROUGH, has_purses=True).problems == [], f"{repeat_with(seed)} --purses"
