"""What a month costs, computed: quantities × prices, as the table in docs/deploy.md has it.

    python -m infra.bench.costs            writes the table into the page
    python -m infra.bench.costs --check    ends with 1 where the page has another one

Prices are in infra/bench/prices.json, what the bench counts is in infra/bench/counts.py, every other assumption about a
picture is in `USE`. Amounts are US dollars a month.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.bench.counts import READS_MAX, WRITES_MAX

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "deploy.md"
PRICES = Path(__file__).with_name("prices.json")
BEGIN, END = "<!-- costs: begin, by python -m infra.bench.costs -->", "<!-- costs: end -->"

DAYS = 30
MONTH_SECONDS = DAYS * 86_400
SCALES = (0, 1_000, 100_000)
MIB_PER_GIB = 1_024
GIB_PER_TIB = 1_024
MIB_PER_MB = 1e6 / 2**20

Prices = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Use:
    """What one picture takes, and what stands there without any."""

    reads: int = READS_MAX
    writes: int = WRITES_MAX
    deletes: int = 4
    task_calls: int = 8
    requests: int = 7
    vcpu_seconds_alone: float = 16.7
    """15 s of `image`, 3 × 0.15 s of `bot`, 3 × 0.05 s of `webhook` and the start of instances, when nobody else waits
    on the same one."""
    vcpu_seconds_shared: float = 1.62
    """The same with 15 others on the instance of `image`."""
    gib_seconds_alone: float = 31.0
    gib_seconds_shared: float = 2.31
    files: int = 2
    cold_files: int = 1
    """Its signature is small and stays where it is."""
    stored_mb: float = 1.5
    standard_days: int = 7
    kept_days: int = 97
    """With the week of soft delete."""
    cold_reads: float = 0.05
    """Old pictures that are edited or wanted as a file, per picture."""
    sent_mb: float = 0.4
    log_kib: float = 15
    document_kib: float = 5
    """The documents of a picture and their index entries."""
    pitr_share: float = 0.67
    backups: int = 21
    warm_instances: int = 2
    warm_gib: float = 0.5


@dataclass(frozen=True)
class Row:
    """One service: what it is paid by, and what it comes to at each of SCALES."""

    name: str
    price: str
    amounts: tuple[float, ...]


USE = Use()


def build_rows(prices: Prices, use: Use = USE) -> list[Row]:
    """Everything but the model."""
    run, base, storage, traffic = (prices[name] for name in ("cloud_run", "firestore", "storage", "traffic"))

    def row(name: str, price: str, amounts: list[float]) -> Row:
        return Row(name, price, tuple(amounts))

    warm = use.warm_instances * MONTH_SECONDS
    idle = warm * (run["idle_vcpu_second"] + use.warm_gib * run["idle_gib_second"])
    months = [scale * DAYS for scale in SCALES]
    seconds = [
        pictures * (use.vcpu_seconds_shared if scale >= SCALES[-1] else use.vcpu_seconds_alone)
        for scale, pictures in zip(SCALES, months, strict=True)
    ]
    memory = [
        pictures * (use.gib_seconds_shared if scale >= SCALES[-1] else use.gib_seconds_alone)
        for scale, pictures in zip(SCALES, months, strict=True)
    ]
    return [
        row("Warm instances", f"{use.warm_instances} of 1 vCPU and {use.warm_gib} GiB, idle", [idle] * len(SCALES)),
        row("Cloud Run, CPU", _per_million(run["vcpu_second"], "vCPU-s"),
            [above(each, run["free_vcpu_seconds"]) * run["vcpu_second"] for each in seconds]),
        row("Cloud Run, memory", _per_million(run["gib_second"], "GiB-s"),
            [above(each, run["free_gib_seconds"]) * run["gib_second"] for each in memory]),
        row("Cloud Run, requests", _per_million(run["request"], "requests"),
            [above(each * use.requests, run["free_requests"]) * run["request"] for each in months]),
        *(
            row(f"Firestore, {kind}s", f"{_per_million(base[price], kind + 's')}, {count} a picture",
                [above(scale * count, base[f"free_{free}_a_day"]) * DAYS * base[price] for scale in SCALES])
            for kind, price, free, count in (
                ("read", "read", "reads", use.reads),
                ("write", "write", "writes", use.writes),
                ("TTL delete", "ttl_delete", "deletes", use.deletes),
            )
        ),
        row("Firestore, stored", f"data ${base['gib_month']}, PITR ${base['pitr_gib_month']}, backups "
            f"${base['backup_gib_month']} per GiB", [_store_documents(base, use, scale) for scale in SCALES]),
        row("Cloud Tasks", _per_million(prices["tasks"]["call"], "calls"),
            [above(each * use.task_calls, prices["tasks"]["free_calls"]) * prices["tasks"]["call"] for each in months]),
        row("Cloud Storage, kept", f"${storage['standard_gib_month']}/GiB for {use.standard_days} days, then "
            f"${storage['coldline_gib_month']}", [_keep_pictures(storage, use, scale) for scale in SCALES]),
        row("Cloud Storage, operations", f"${storage['standard_write'] * 1e6:g}/M writes, "
            f"${storage['coldline_transition'] * 1e6:g}/M moves",
            [each * _handle_files(storage, use) for each in months]),
        row("Traffic to Telegram", f"${traffic['gib']}/GiB, from 1 TiB ${traffic['gib_above_1_tib']}",
            [_send(traffic, each * use.sent_mb * MIB_PER_MB / MIB_PER_GIB) for each in months]),
        row("Logs", f"${prices['logs']['gib']}/GiB after {prices['logs']['free_gib']:g}",
            [above(each * use.log_kib / 2**20, prices["logs"]["free_gib"]) * prices["logs"]["gib"] for each in months]),
        row("Monitoring", "conditions, series, own metrics",
            [prices["monitoring"]["fixed"] + each * prices["monitoring"]["picture"] for each in months]),
        row("Registry, secrets, scheduler", "beyond what is free", [prices["rest"]["fixed"]] * len(SCALES)),
    ]  # fmt: skip


def above(amount: float, free: float) -> float:
    """What is left to pay."""
    return max(0.0, amount - free)


def build_table(prices: Prices, use: Use = USE) -> str:
    """Markdown."""
    rows = build_rows(prices, use)
    sums = [sum(row.amounts[at] for row in rows) for at in range(len(SCALES))]
    models = [scale * DAYS * prices["model"]["picture"] for scale in SCALES]
    each = [sum_ / (scale * DAYS) * 1_000 for scale, sum_ in zip(SCALES, sums, strict=True) if scale]
    lines = [
        "| | price | " + " | ".join(f"{scale:,}" for scale in SCALES) + " |",
        "|---|---|" + "--:|" * len(SCALES),
        *(_line(row.name, row.price, row.amounts) for row in rows),
        _line("**Everything but the model**", "", sums),
        f"| **… per 1,000 pictures** | | | {' | '.join(f'**${amount:.3f}**' for amount in each)} |",
        _line("The model", f"${prices['model']['picture']} per picture of 1K", models),
    ]
    return "\n".join(lines)


def _line(name: str, price: str, amounts: tuple[float, ...] | list[float]) -> str:
    return f"| {name} | {price} | " + " | ".join(f"{amount:,.1f}" for amount in amounts) + " |"


def _per_million(price: float, unit: str) -> str:
    return f"${price * 1e6:g}/M {unit}"


def _store_documents(base: dict[str, float], use: Use, scale: int) -> float:
    """Jobs are kept for 90 days; transfers for ever, of which the first 90 days are counted."""
    gib = scale * 90 * use.document_kib / 2**20
    data = above(gib, base["free_gib"]) * base["gib_month"]
    return data + gib * (use.pitr_share * base["pitr_gib_month"] + use.backups * base["backup_gib_month"])


def _keep_pictures(storage: dict[str, float], use: Use, scale: int) -> float:
    gib_a_day = scale * use.stored_mb * MIB_PER_MB / MIB_PER_GIB
    cold = (use.kept_days - use.standard_days) * storage["coldline_gib_month"]
    return gib_a_day * (use.standard_days * storage["standard_gib_month"] + cold)


def _handle_files(storage: dict[str, float], use: Use) -> float:
    """One picture's operations and retrievals."""
    moved = use.cold_files * storage["coldline_transition"]
    again = storage["coldline_read"] + use.stored_mb * MIB_PER_MB / MIB_PER_GIB * storage["coldline_read_gib"]
    return use.files * storage["standard_write"] + moved + use.cold_reads * again


def _send(traffic: dict[str, float], gib: float) -> float:
    return min(gib, GIB_PER_TIB) * traffic["gib"] + above(gib, GIB_PER_TIB) * traffic["gib_above_1_tib"]


def read_prices(path: Path = PRICES) -> Prices:
    """The prices, without the day they were read on."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: amounts for name, amounts in found.items() if isinstance(amounts, dict)}


def fill_in(page: str, table: str) -> str:
    """The page with this table between its marks. Raises ValueError where they are missing."""
    before, mark, rest = page.partition(BEGIN)
    _, last, after = rest.partition(END)
    if not mark or not last:
        raise ValueError("the page has no place for the table")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Compute what a month costs.")
    parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")
    page = PAGE.read_text(encoding="utf-8")
    wanted = fill_in(page, build_table(read_prices()))
    if parser.parse_args().check:
        if page != wanted:
            print("docs/deploy.md: the table of costs is not what is computed: python -m infra.bench.costs")
        return int(page != wanted)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
