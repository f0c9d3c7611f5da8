"""The table of costs in docs/deploy.md is computed, not written."""

from dataclasses import replace

import pytest

from infra.bench import costs

PRICES = costs.read_prices()


def test_the_page_has_the_computed_table() -> None:
    """The table matches prices, quantities and bounds; python -m infra.bench.costs writes it."""
    page = costs.PAGE.read_text(encoding="utf-8")
    assert costs.fill_in(page, costs.build_table(PRICES)) == page


@pytest.mark.parametrize(
    ("change", "name", "dollars"),
    [
        ({"writes": costs.USE.writes + 1}, "Firestore, writes", 3e6 * 0.9e-6),
        ({"reads": costs.USE.reads + 1}, "Firestore, reads", 3e6 * 0.3e-6),
        ({"files": costs.USE.files + 1}, "Cloud Storage, operations", 3e6 * 25e-6),
        ({"preview_mb": costs.USE.preview_mb + 0.1}, "Traffic to Telegram", 3e6 * 0.1e6 / 2**30 * 0.12),
        ({"standard_days": 97}, "Cloud Storage, kept", 1e5 * 1.5e6 / 2**30 * 94 * 0.016),
        ({"counters": costs.USE.counters + 300}, "Monitoring", 0.258 * (54_000 * (24 * 80 + 327 * 8) / 2**20 - 150)),
        ({"webhook": replace(costs.USE.webhook, warm=2)}, "Warm instances", 2_592_000 * 3.75e-6),
    ],
)
def test_a_quantity_costs_what_it_costs(change: dict[str, float], name: str, dollars: float) -> None:
    """At 100,000 pictures a day, more of one thing raises its own line by the price of the difference, and no other."""
    before = {row.name: row.amounts[-1] for row in costs.build_rows(PRICES)}
    after = {row.name: row.amounts[-1] for row in costs.build_rows(PRICES, replace(costs.USE, **change))}  # type: ignore[arg-type]
    assert {key: after[key] - before[key] for key in before if after[key] != before[key]} == {
        name: pytest.approx(dollars)
    }


def test_the_goal_is_met() -> None:
    """100,000 pictures a day cost at most $0.15 per 1,000, but for the model."""
    assert sum(row.amounts[-1] for row in costs.build_rows(PRICES)) / 3_000 <= 0.15


def test_an_instance_that_is_always_busy_is_billed_by_the_instance() -> None:
    """From the number of pictures on at which the environment switches, the bill is lower than by the request."""
    never = replace(costs.USE, instance_billing_from=10**9)

    def bill(use: costs.Use, pictures: int) -> float:
        return sum(costs._bill_run(PRICES["cloud_run"], use, pictures))

    threshold = costs.USE.instance_billing_from
    assert bill(costs.USE, threshold) < bill(never, threshold)
    assert bill(replace(costs.USE, instance_billing_from=0), threshold // 2) > bill(never, threshold // 2)


def test_what_is_free_is_not_paid() -> None:
    """A bot that nobody uses pays for what is warm, the alarms and what is stored beyond the free amounts."""
    paid = {row.name for row in costs.build_rows(PRICES) if row.amounts[0]}
    assert paid == {"Warm instances", "Monitoring", "Registry, secrets, scheduler"}


def test_a_page_without_a_place_is_refused() -> None:
    """The table is never put somewhere by guessing."""
    with pytest.raises(ValueError, match="no place"):
        costs.fill_in("# A page", "| |")
