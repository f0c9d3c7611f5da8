"""Computes what a month of copies outside costs, for the table in docs/deploy.md: quantities × prices.

    python -m infra.bench.outside_costs    writes the table into the page

Prices are in infra/bench/prices.json; the size of pictures is that of `USE` in infra/bench/costs.py.
"""

from dataclasses import dataclass

from infra.bench.costs import DAYS, MIB_PER_GIB, MIB_PER_MB, PAGE, USE, Prices, fill_in, read_prices

BEGIN, END = "<!-- copies: begin, by python -m infra.bench.outside_costs -->", "<!-- copies: end -->"
SCALES = (1_000, 100_000)
COPIES_A_DAY = 48
KEPT_DAYS = 8
MEDIA_DAYS = 90
LISTED = 1_000
"""Objects that one listing call names; a transfer lists the source and the sink."""


@dataclass(frozen=True)
class Documents:
    """What one picture a day leaves in the database, a year after the start."""

    updates: int = 3 * 35
    jobs: int = 1 * 90
    transfers: int = 2 * 365
    kib: float = 1.0
    """Of one in an export; an assumption."""

    @property
    def count(self) -> int:
        return self.updates + self.jobs + self.transfers


DOCUMENTS = Documents()


def compute_costs(prices: Prices, scale: int, copies_a_day: int = COPIES_A_DAY) -> dict[str, float]:
    """US dollars a month for so many pictures a day, by what they are for."""
    copies, documents = copies_a_day * DAYS, scale * DOCUMENTS.count
    export_gib = documents * DOCUMENTS.kib / 2**20
    media_gib_a_day = scale * USE.stored_mb * MIB_PER_MB / MIB_PER_GIB
    storage = prices["storage"]
    kept = export_gib * copies_a_day * KEPT_DAYS * storage["standard_gib_month"]
    lists = 2 * scale * MEDIA_DAYS / LISTED * copies * storage["standard_write"]
    return {
        f"reads of {copies:,} exports": documents * copies * prices["firestore"]["read"],
        "traffic between the regions": (export_gib * copies + media_gib_a_day * DAYS) * prices["traffic"]["region_gib"],
        "8 days of exports, 90 days of pictures in Coldline": kept
        + media_gib_a_day * MEDIA_DAYS * storage["coldline_gib_month"],
        "operations and lists of the buckets": scale * DAYS * storage["coldline_transition"] + lists,
    }


def build_table(prices: Prices) -> str:
    """The table as Markdown."""
    columns = [compute_costs(prices, scale) for scale in SCALES]
    models = [scale * DAYS * prices["model"]["picture"] for scale in SCALES]
    rows = {name: [column[name] for column in columns] for name in columns[0]}
    sums = [sum(column.values()) for column in columns]
    lines = [
        "| $ a month | " + " | ".join(f"{scale:,} pictures a day" for scale in SCALES) + " |",
        "|---|" + "--:|" * len(SCALES),
        "| documents | " + " | ".join(f"{scale * DOCUMENTS.count:,}" for scale in SCALES) + " |",
        *(_line(name, amounts) for name, amounts in rows.items()),
        _line("**all**", sums),
        "| part of what the model costs | "
        + " | ".join(f"{total / model:.0%}" for total, model in zip(sums, models, strict=True))
        + " |",
    ]
    return "\n".join(lines)


def _line(name: str, amounts: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{amount:,.0f}" for amount in amounts) + " |"


if __name__ == "__main__":
    table = build_table(read_prices())
    PAGE.write_text(fill_in(PAGE.read_text(encoding="utf-8"), table, BEGIN, END), encoding="utf-8")
