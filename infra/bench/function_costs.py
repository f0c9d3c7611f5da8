"""Computes what each function costs in a month on Cloud Run, for the second table in docs/deploy.md.

Unlike the first table it counts pictures a month and shows each function before the free amounts, which belong to the
billing account: a row of its own subtracts them.

    python -m infra.bench.function_costs   writes the table into the page
"""

from dataclasses import dataclass

from infra.bench.costs import DAYS, MONTH_SECONDS, PAGE, USE, Function, Prices, Use, above, fill_in, read_prices

BEGIN, END = "<!-- functions: begin, by python -m infra.bench.function_costs -->", "<!-- functions: end -->"
MONTHLY = (0, 1_000, 100_000)
"""Pictures a month."""
MINUTES = MONTH_SECONDS // 60
SWEEP_SECONDS = 1.0
"""Of the scheduler's call in every minute to `sweep`, and to `releases`: a bound, not a measurement."""


@dataclass(frozen=True)
class Bill:
    """One function's month: US dollars, and what the free amounts are subtracted from."""

    idle: float
    vcpu_seconds: float
    gib_seconds: float
    requests: float

    def pay(self, run: dict[str, float]) -> float:
        """US dollars, as if nothing were free."""
        used = self.vcpu_seconds * run["vcpu_second"] + self.gib_seconds * run["gib_second"]
        return self.idle + used + self.requests * run["request"]


def bill_function(function: Function, minutely_seconds: float, pictures: int, run: dict[str, float], use: Use) -> Bill:
    """`minutely_seconds`: how long its one call in every minute takes, whether there are pictures or not."""
    active = function.count_active(pictures / DAYS, use.together) + minutely_seconds / 60
    idle = above(function.warm, active) * (run["idle_vcpu_second"] + function.gib * run["idle_gib_second"])
    return Bill(
        MONTH_SECONDS * idle,
        MONTH_SECONDS * active,
        MONTH_SECONDS * active * function.gib,
        pictures * function.calls + MINUTES * bool(minutely_seconds),
    )


def list_bills(run: dict[str, float], pictures: int, use: Use = USE) -> dict[str, Bill]:
    """Function → its bill. Functions that are only called when people talk, film, pay or look are not among them."""
    scheduled = Function(calls=0, seconds=0.0, gib=0.5, warm=0)
    parts = {
        "webhook": (use.webhook, 0.0),
        "bot": (use.bot, use.bot.seconds),  # asks Telegram about the webhook
        "image": (use.image, 0.0),
        "sweep": (scheduled, SWEEP_SECONDS),
        "releases": (scheduled, SWEEP_SECONDS),
    }
    return {name: bill_function(function, each, pictures, run, use) for name, (function, each) in parts.items()}


def count_free(bills: dict[str, Bill], run: dict[str, float]) -> float:
    """US dollars that the billing account's free amounts save."""
    vcpu = sum(each.vcpu_seconds for each in bills.values())
    gib = sum(each.gib_seconds for each in bills.values())
    requests = sum(each.requests for each in bills.values())
    return (
        min(vcpu, run["free_vcpu_seconds"]) * run["vcpu_second"]
        + min(gib, run["free_gib_seconds"]) * run["gib_second"]
        + min(requests, run["free_requests"]) * run["request"]
    )


def build_function_table(prices: Prices, use: Use = USE) -> str:
    """Markdown."""
    run = prices["cloud_run"]
    months = [list_bills(run, pictures, use) for pictures in MONTHLY]
    gross = {name: [bills[name].pay(run) for bills in months] for name in months[0]}
    free = [-count_free(bills, run) for bills in months]
    total = [sum(amounts) for amounts in zip(*gross.values(), free, strict=True)]
    lines = [
        "| Cloud Run | " + " | ".join(f"{pictures:,}" for pictures in MONTHLY) + " |",
        "|---|" + "--:|" * len(MONTHLY),
        *(_line(f"`{name}`", amounts) for name, amounts in gross.items()),
        _line("`video`, `chat`, `payments`, `api`, while nobody calls them", [0.0] * len(MONTHLY)),
        _line("free amounts of the billing account", free),
        _line("**Cloud Run**", total),
    ]
    return "\n".join(lines)


def _line(name: str, amounts: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{amount:,.2f}" for amount in amounts) + " |"


if __name__ == "__main__":
    table = build_function_table(read_prices())
    PAGE.write_text(fill_in(PAGE.read_text(encoding="utf-8"), table, BEGIN, END), encoding="utf-8")
