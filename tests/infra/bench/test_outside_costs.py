"""What copies outside cost is computed, not written."""

import pytest

from infra.bench import outside_costs
from infra.bench.costs import PAGE, fill_in, read_prices

PRICES = read_prices()


def test_the_page_has_the_computed_table() -> None:
    """The table matches prices and quantities; python -m infra.bench.outside_costs writes it."""
    page = PAGE.read_text(encoding="utf-8")
    table = outside_costs.build_table(PRICES)
    assert fill_in(page, table, outside_costs.BEGIN, outside_costs.END) == page


def test_an_export_reads_every_document() -> None:
    """Each document, of each of the month's copies, at the price of a read."""
    costs = outside_costs.compute_costs(PRICES, 1_000)
    assert costs["reads of 1,440 exports"] == pytest.approx(925_000 * 1_440 * 0.3e-6)


def test_rarer_copies_cost_less() -> None:
    """A copy every six hours costs a twelfth of the reads."""
    often, rarely = (sum(outside_costs.compute_costs(PRICES, 1_000, number).values()) for number in (48, 4))
    assert often / 12 < rarely < often / 10


def test_a_page_without_the_place_is_refused() -> None:
    """Nothing is written beside the marks."""
    with pytest.raises(ValueError, match="no place"):
        fill_in("# Deploy", "", outside_costs.BEGIN, outside_costs.END)
