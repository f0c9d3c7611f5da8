"""The table of what each function costs is computed, and adds up with the table of everything."""

import pytest

from infra.bench import costs, function_costs
from infra.functions import FUNCTIONS

PRICES = costs.read_prices()
RUN = PRICES["cloud_run"]


def test_the_page_has_the_computed_table() -> None:
    """The table matches prices and quantities; python -m infra.bench.function_costs writes it."""
    page = costs.PAGE.read_text(encoding="utf-8")
    table = function_costs.build_function_table(PRICES)
    assert costs.fill_in(page, table, function_costs.BEGIN, function_costs.END) == page
    assert all(f"`{name}`" in table for name in FUNCTIONS)


def test_both_tables_agree() -> None:
    """1,000 pictures a day, without the calls of every minute, cost what the first table says of Cloud Run."""
    bills = {
        name: function_costs.bill_function(function, 0.0, 30_000, RUN, costs.USE)
        for name, function in {"webhook": costs.USE.webhook, "bot": costs.USE.bot, "image": costs.USE.image}.items()
    }
    paid = sum(each.pay(RUN) for each in bills.values()) - function_costs.count_free(bills, RUN)
    rows = {row.name: row.amounts[1] for row in costs.build_rows(PRICES)}
    assert paid == pytest.approx(sum(amount for name, amount in rows.items() if "Cloud Run" in name or "Warm" in name))


def test_what_the_scheduler_calls_has_a_bill() -> None:
    """A function that is called in every minute is never free, and the page does not say that nobody calls it."""
    scheduled = {name for name, function in FUNCTIONS.items() if function.schedule == "* * * * *"}
    bills = function_costs.list_bills(RUN, 0)
    assert scheduled == {"sweep", "releases"}
    assert all(bills[name].pay(RUN) > 1 for name in scheduled)
    (idle,) = (line for line in function_costs.build_function_table(PRICES).splitlines() if "nobody calls" in line)
    assert not any(f"`{name}`" in idle for name in scheduled)


def test_what_nobody_uses_costs_its_warm_instances() -> None:
    """Idle, only `webhook` and `bot` have a bill of their own beyond the free amounts."""
    bills = function_costs.list_bills(RUN, 0)
    assert {name for name, each in bills.items() if each.idle} == {"webhook", "bot"}
    assert bills["image"].pay(RUN) == 0
